"""What `./leads` says on a machine that is not ready for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from leads.local import bootstrap
from leads.settings import REPOSITORY

OLD_PYTHON = '#!/bin/sh\ncase "$2" in *sys.exit*) exit 1 ;; *) echo 3.9.18 ;; esac\n'


def leads(path: Path, *arguments: str, script: Path = REPOSITORY / "leads") -> tuple[int, str]:
    """Run the script with nothing but `path` on the PATH; exit status and stderr."""
    done = subprocess.run(
        ["/bin/sh", str(script), *arguments],
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def test_no_python_is_said_with_the_fix(tmp_path: Path) -> None:
    status, said = leads(tmp_path, "up")
    assert status == 1
    assert "no Python was found; Python 3.10 to 3.13 is needed" in said
    assert "apt install python3" in said


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    program(tmp_path, "python3", OLD_PYTHON)
    status, said = leads(tmp_path, "up")
    assert status == 1
    assert "Python 3.9.18 is here, but Python 3.10 to 3.13 is needed" in said


def test_a_later_python_on_the_path_is_found(tmp_path: Path) -> None:
    program(tmp_path, "python3", OLD_PYTHON)
    program(tmp_path, "python3.12", '#!/bin/sh\n[ "$1" = -c ] || echo "started $1 $2" >&2\n')
    status, said = leads(tmp_path, "up")
    assert status == 0
    assert said == f"started {REPOSITORY}/plugins/leads/local/bootstrap.py up\n"


def test_the_repository_is_found_through_links(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3", '#!/bin/sh\n[ "$1" = -c ] || echo "started $1" >&2\n')
    readlink = shutil.which("readlink")
    assert readlink
    (tmp_path / "bin" / "readlink").symlink_to(readlink)
    (tmp_path / "one").symlink_to(REPOSITORY / "leads")
    (tmp_path / "two").symlink_to("one")
    status, said = leads(tmp_path / "bin", script=tmp_path / "two")
    assert (status, said) == (0, f"started {REPOSITORY}/plugins/leads/local/bootstrap.py\n")


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which nothing is installed."""
    for name, path in {
        "REPOSITORY": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv" / "bin" / "python",
        "STAMP": tmp_path / ".venv" / "installed.json",
        "UNFINISHED": tmp_path / ".venv" / "unfinished",
    }.items():
        monkeypatch.setattr(bootstrap, name, path)
    (tmp_path / bootstrap.LOCK).write_text("")
    return tmp_path


def test_a_python_without_venv_is_said_with_the_package_to_install(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(bootstrap.InstallError, match=r"apt install python3\.\d+-venv"):
        bootstrap.install([bootstrap.LOCK])


def test_a_full_disk_is_said_before_anything_is_written(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED_BYTES", 10**18)
    with pytest.raises(bootstrap.InstallError, match="GB free, 2 GB are needed"):
        bootstrap.install([bootstrap.LOCK])
    assert not (fresh / ".venv").exists()


def test_no_network_is_said_and_the_next_try_begins_anew(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nobody listens there
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(bootstrap.InstallError, match="no package index could be reached"):
        bootstrap.install([bootstrap.LOCK])
    assert not bootstrap.is_installed({bootstrap.LOCK: bootstrap.sha256(fresh / bootstrap.LOCK)})
    assert bootstrap.UNFINISHED.exists()


def test_what_is_installed_is_not_installed_again(fresh: Path) -> None:
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.symlink_to(sys.executable)
    digest = bootstrap.sha256(fresh / bootstrap.LOCK)
    bootstrap.STAMP.write_text(f'{{"{bootstrap.LOCK}": "{digest}"}}')
    bootstrap.install([bootstrap.LOCK])
    assert not (bootstrap.VENV / "pyvenv.cfg").exists()
    (fresh / bootstrap.LOCK).write_text("changed==1")
    assert not bootstrap.is_installed({bootstrap.LOCK: bootstrap.sha256(fresh / bootstrap.LOCK)})
