"""Children are started again, given up, and stopped with everything that they started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from leads.local import supervisor as module
from leads.local.supervisor import ChildFailed, Supervisor, still_ours

SH = "/bin/sh"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    one = Supervisor(os.environ, tmp_path, tmp_path, said.append)
    yield one
    one.stop()


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_for(truth: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not truth():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_stop_ends_a_child_that_ignores_sigterm_and_its_own_children(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.3)
    script = f"trap '' TERM; sleep 300 & echo $! > {tmp_path}/pid; sleep 300"
    supervisor.start("stubborn", [SH, "-c", script])
    wait_for(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text().strip()))
    pids = [int((tmp_path / "pid").read_text()), int(supervisor.sessions()["stubborn"][0])]
    supervisor.stop()
    assert not any(alive(pid) for pid in pids)


def test_a_child_that_dies_is_started_again_and_that_is_said(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", (0.0, 0.0))
    supervisor.start("sleeper", [SH, "-c", "exec sleep 300"])
    first = int(supervisor.sessions()["sleeper"][0])
    os.kill(first, 9)
    wait_for(lambda: not alive(first))
    wait_for(supervisor.check)
    assert int(supervisor.sessions()["sleeper"][0]) != first
    assert said[0].startswith("sleeper ended (exit status -9)")


def test_three_quick_deaths_give_up_with_the_end_of_the_log(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", (0.0, 0.0))
    supervisor.start("broken", [SH, "-c", "echo the reason; exit 3"])

    def watch() -> None:
        while True:
            supervisor.check()
            time.sleep(0.02)

    with pytest.raises(ChildFailed, match=r"broken ended 3 times(.|\n)*status 3(.|\n)*the reason"):
        watch()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path\n"
        "from leads.local.supervisor import Supervisor\n"
        "folder = Path(sys.argv[1]); one = Supervisor(os.environ, folder, folder, print)\n"
        "one.start('child', ['/bin/sh', '-c', 'echo up; exec sleep 300'])\n"
        "print(one.sessions()['child'][0], flush=True); time.sleep(300)"
    )
    plugins = Path(module.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(plugins)},
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_for(lambda: "up" in (tmp_path / "child.log").read_text())
        parent.kill()
    wait_for(lambda: not alive(child))


def test_a_process_number_used_again_is_not_taken_for_ours() -> None:
    created = psutil.Process().create_time()
    assert still_ours(os.getpid(), created)
    assert not still_ours(os.getpid(), created - 60)
