"""PostgreSQL's own programs: found, and run on the centre's database without showing a password."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import URL

from sync.server.backup import BackupError

_DEBIAN = Path("/usr/lib/postgresql")
_TAIL_LINES = 5


def program(name: str) -> str:
    """The newest of Debian's, which reads and writes every older server's data; else PATH's.

    Raises:
        BackupError: when there is none.
    """
    versions = [folder for folder in _DEBIAN.glob("*/bin") if (folder / name).exists()]
    if versions:
        return str(max(versions, key=lambda folder: float(folder.parent.name)) / name)
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not here; install Debian's package postgresql-client.")
    return found


def run(name: str, url: URL, *words: str) -> str:
    """Runs one of them on a database; what it printed.

    Raises:
        BackupError: with its last words.
    """
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(
        [program(name), f"--dbname={plain}", "--no-password", *words],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-_TAIL_LINES:])
        raise BackupError(f"{name} failed: {said}")
    return done.stdout


def listing(dump: Path) -> str:
    """What a dump holds, by its own table of contents: it can be read at least that far.

    Raises:
        BackupError: when it cannot.
    """
    done = subprocess.run(
        [program("pg_restore"), "--list", str(dump)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise BackupError(f"The dump in the backup cannot be read: {done.stderr.strip()[-300:]}")
    return done.stdout
