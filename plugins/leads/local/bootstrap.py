"""From any Python 3.10-3.13 to ours: make `.venv`, install the lock, run the command line.

Standard library only, and safe to run twice at once: `./leads` starts here every time.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"  # lock name -> sha256 of the lock that is installed
UNFINISHED = VENV / "unfinished"  # there while an installation is under way
UV = "uv==0.13.9"
LOCK = "requirements.txt"
DEVELOPMENT_LOCK = "requirements-dev.txt"
NEED_DEVELOPMENT = {"test", "lint", "bench", "screenshots"}
NEEDED_BYTES = 2_000_000_000
NETWORK_SIGNS = (
    "error sending request",
    "dns error",
    "failed to lookup",
    "name resolution",
    "network is unreachable",
    "connection refused",
    "connection reset",
    "timed out",
    "newconnectionerror",
    "failed to fetch",
    "no matching distribution found for uv",
    "not found in the package registry",
    "no package index could be reached",
)


class InstallError(RuntimeError):
    """The installation cannot go on; the message says why and the fix."""


def main(arguments: list[str]) -> None:
    """Install what is missing, then become the command line."""
    locks = [LOCK]
    command = next((word for word in arguments if not word.startswith("-")), "")
    if command in NEED_DEVELOPMENT:
        locks.append(DEVELOPMENT_LOCK)
    try:
        install(locks)
    except InstallError as error:
        sys.exit(f"leads: {error}")
    except OSError as error:
        sys.exit(f"leads: cannot write {error.filename or REPOSITORY}: {error.strerror}.")
    except KeyboardInterrupt:
        sys.exit("leads: stopped while installing; the next ./leads does it again.")
    environment = os.environ | {
        "PYTHONPATH": str(REPOSITORY / "plugins"),
        "LEADS_INVOKED_AS": "./leads",
    }
    environment.pop("PYTHONHOME", None)
    # Not `-m`: that puts the current folder first on the path, whatever lies in it.
    start = (
        "import sys; sys.path[:] = filter(None, sys.path); from leads.cli.app import main; main()"
    )
    os.execve(PYTHON, [str(PYTHON), "-c", start, *arguments], environment)


def install(locks: list[str]) -> None:
    """Bring `.venv` to the given locks; quick when it is there already.

    Args:
        locks: file names in the repository, installed one after the other.

    Raises:
        InstallError: no venv module, no disk, no network, or a package failed.
    """
    wanted = {name: sha256(REPOSITORY / name) for name in locks}
    if is_installed(wanted):
        return
    # The folder itself is the lock: nothing is left behind, whoever dies.
    folder = os.open(REPOSITORY, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if is_installed(wanted):  # another ./leads did it while we waited
            return
        prepare_venv()
        UNFINISHED.touch()
        for name in locks:
            if stamp().get(name) != wanted[name]:
                install_lock(name)
                STAMP.write_text(json.dumps(stamp() | {name: wanted[name]}))
        UNFINISHED.unlink()
    finally:
        os.close(folder)


def is_installed(wanted: dict[str, str]) -> bool:
    """Whether the finished `.venv` holds exactly these locks and its Python still runs."""
    known = stamp()
    same = all(known.get(name) == digest for name, digest in wanted.items())
    return same and PYTHON.exists() and not UNFINISHED.exists()


def stamp() -> dict[str, str]:
    """What is installed; nothing when the stamp is missing or damaged."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def sha256(file: Path) -> str:
    """Digest of a file's bytes."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def prepare_venv() -> None:
    """Make a fresh `.venv` with the installer in it, unless a sound one is there."""
    if PYTHON.exists() and stamp() and not UNFINISHED.exists():
        return
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise InstallError(
            f"this Python ({sys.executable}) cannot make a virtual environment. Debian, Ubuntu: "
            f"apt install python{version}-venv; elsewhere install Python from its own installer."
        )
    free = shutil.disk_usage(REPOSITORY).free
    if free < NEEDED_BYTES:
        raise InstallError(
            f"{REPOSITORY} has {free / 1e9:.1f} GB free, 2 GB are needed (packages 0.6 GB, data, "
            "logs). Free some space, or clone the repository to a larger disk."
        )
    run("Making .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    UNFINISHED.touch()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    run("Installing the installer", [*pip, UV])


def install_lock(name: str) -> None:
    """Install one lock with uv; with pip when only pip knows the way to a package index."""
    lock = REPOSITORY / name
    count = sum(1 for line in lock.read_text().splitlines() if line[:1].isalnum())
    title = f"Installing {count} packages of {name} into .venv (once)"
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "-q", "--python", str(PYTHON)]
    if ssl.get_default_verify_paths().cafile:
        # Like pip: a company's own certificate authority is known to the system, not to uv.
        uv.append("--system-certs")
    try:
        run(title, [*uv, "-r", str(lock)])
    except InstallError as error:
        if not looks_like_network(str(error)):
            raise
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        run(f"{title}, second try with pip", [*pip, "-r", str(lock)])


def run(title: str, command: list[str]) -> None:
    """Run one step of the installation with a line that shows it is alive.

    Raises:
        InstallError: it failed; the end of its output is in the message.
    """
    started = time.monotonic()
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONHOME", "PYTHONPATH"}}
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(
            command, env=kept, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        ) as process:
            try:
                wait_and_show(process, title, started)
            except BaseException:
                process.terminate()
                raise
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    if process.returncode == 0:
        return
    if looks_like_network(said):
        raise InstallError(
            f"{title}: no package index could be reached. Check the network, the proxy variables, "
            "and the index that pip and uv are configured to use; then repeat the command.\n"
            + "\n".join(said.splitlines()[-4:])
        )
    if "No space left" in said:
        raise InstallError(f"{title}: the disk is full. Free 2 GB, then repeat the command.")
    raise InstallError(f"{title} failed:\n" + "\n".join(said.splitlines()[-12:]))


def wait_and_show(process: subprocess.Popen[bytes], title: str, started: float) -> None:
    """Wait for a step; a terminal sees its seconds grow, a log one line at the end."""
    terminal = sys.stderr.isatty()
    while True:
        try:
            process.wait(timeout=0.5)
        except subprocess.TimeoutExpired:
            if terminal:
                show(f"\r{title} … {time.monotonic() - started:.0f} s")
            continue
        begin = "\r" if terminal else ""
        show(f"{begin}{title}: {time.monotonic() - started:.1f} s \n")
        return


def show(text: str) -> None:
    """Write to the person at the terminal, apart from the command's own output."""
    sys.stderr.write(text)
    sys.stderr.flush()


def looks_like_network(said: str) -> bool:
    """Whether a tool's output tells of an unreachable package index."""
    return any(sign in said.lower() for sign in NETWORK_SIGNS)


if __name__ == "__main__":
    main(sys.argv[1:])
