"""A PostgreSQL server for the tests alone: made, started and thrown away with them."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

from tests.places import quick_place
from tests.ports import free_port

USER = "adal"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
# The data is thrown away anyway, so nothing waits for the disk, and nothing tidies behind tests
# that last a second. Few buffers, because each new database looks through all of them.
FAST_BUT_UNSAFE = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off"),
    *("wal_level=minimal", "max_wal_senders=0", "max_wal_size=128MB"),
    *("autovacuum=off", "shared_buffers=32MB"),
)
_COPIES_FILES_SINCE = 150000
"""PostgreSQL 15 lets a new database be copied file by file, a third of the work; before it did."""


def find_programs() -> Path | None:
    """Give the folder with initdb and postgres, the newest version's; None if there is none."""
    by_version = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name)
    )
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    folders = [*reversed(by_version), *on_path]
    has_both = (f for f in folders if (f / "initdb").exists() and (f / "postgres").exists())
    return next(has_both, None)


class PrivatePostgres:
    """One server on a free loopback port, its data in a folder of its own.

    As a context manager it starts and stops the server. PostgreSQL refuses to run as root, so
    root starts it as the user "postgres" (Debian's package makes it) or else as "nobody".
    """

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="adal-postgres-", dir=quick_place()))
        self._log = self._folder / "log"
        self._port = free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._make()
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def url(self, database: str) -> str:
        """Give SQLAlchemy's URL of a database on this server."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self._port}/{database}"

    def lasting_database(self, name: str) -> str:
        """Make an empty database that stays as long as the server; give its URL."""
        self._command(f"CREATE DATABASE {name}")
        return self.url(name)

    @contextlib.contextmanager
    def new_database(self, template: str = "template1") -> Iterator[str]:
        """Make a database like the template and give its URL; drop it afterwards, in use or not.

        Nobody may be connected to the template.
        """
        name = f"adal_{uuid.uuid4().hex}"
        with self._connection() as connection:
            quick = connection.info.server_version >= _COPIES_FILES_SINCE
            how = "STRATEGY FILE_COPY" if quick else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {how}".encode())
        try:
            yield self.url(name)
        finally:
            self._command(f"DROP DATABASE {name} WITH (FORCE)")

    def _make(self) -> None:
        if os.geteuid() == 0:
            owner = _unprivileged_user()
            os.chown(self._folder, owner.pw_uid, owner.pw_gid)
        subprocess.run(
            [
                *_as_unprivileged_user(),
                self._programs / "initdb",
                f"--pgdata={self._folder / 'data'}",
                f"--username={USER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            cwd=self._folder,
            check=True,
            capture_output=True,
        )

    def _start(self) -> None:
        options = [
            f"port={self._port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
            *FAST_BUT_UNSAFE,
        ]
        with self._log.open("wb") as log:
            self._server = subprocess.Popen(
                [
                    *_as_unprivileged_user(),
                    self._programs / "postgres",
                    *("-D", self._folder / "data"),
                    *(word for option in options for word in ("-c", option)),
                ],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers(self._server)

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> None:
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < give_up_at and server.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                self._command("SELECT 1")
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start:\n{self._log.read_text()}")

    def _connection(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1", port=self._port, user=USER, dbname="postgres", autocommit=True
        )

    def _command(self, sql: str) -> None:
        with self._connection() as connection:
            connection.execute(sql.encode())

    def _stop(self) -> None:
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(STOP_TIMEOUT_S)
        shutil.rmtree(self._folder, ignore_errors=True)


def _unprivileged_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError('PostgreSQL refuses to run as root, and there is no user "nobody"')


def _as_unprivileged_user() -> list[str]:
    """Give the words to put before a command: root steps down; the server dies with the tests."""
    command = ["setpriv", "--pdeathsig=QUIT"]
    if os.geteuid() == 0:
        user = _unprivileged_user()
        command += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*command, "--"]
