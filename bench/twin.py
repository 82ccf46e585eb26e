"""Twins of the DAG: the same file under another name, with its work or with empty tasks."""

from __future__ import annotations

import re
from pathlib import Path

# Whatever operators the DAG imports, the twin's are these: real task processes, no work.
EMPTY_OPERATOR = '''
from airflow.sdk import BaseOperator


class {name}(BaseOperator):
    """Does nothing."""

    def __init__(self, *, source_table=None, **kwargs):
        super().__init__(**kwargs)

    def execute(self, context):
        """Do nothing."""
'''
TASKS = re.compile(
    r"^from leads\.(?:operators|sensors) import (?:\((?P<lines>[\w\s,]+)\)|(?P<line>[\w, ]+))$",
    re.MULTILINE,
)
DAG_ID = re.compile(r'dag_id="(\w+)"')


def write_twin(original: Path, target: Path, *, is_empty: bool) -> None:
    """Write a DAG file that differs in its name, and maybe in that its tasks do no work.

    Args:
        original: the DAG's file.
        target: the file to write; the twin is called like it.
        is_empty: whether the twin's tasks do nothing.

    Raises:
        ValueError: the original no longer looks as expected.
    """
    text = original.read_text(encoding="utf-8")
    if len(TASKS.findall(text)) != 2 or len(DAG_ID.findall(text)) != 1:
        raise ValueError(
            f"{original}: no single dag_id, or no imports from leads.operators and leads.sensors."
        )
    if is_empty:
        text = TASKS.sub(_empty, text)
    target.write_text(DAG_ID.sub(f'dag_id="{target.stem}"', text), encoding="utf-8")


def _empty(imported: re.Match[str]) -> str:
    """Empty tasks in place of those that a line of the DAG imports."""
    names = (imported["lines"] or imported["line"]).split(",")
    return "\n".join(EMPTY_OPERATOR.format(name=name.strip()) for name in names if name.strip())
