"""What the tests between kiosk and centre stand on: journals in memory, real servers, faults."""

import asyncio
import contextlib
import functools
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import chain
from kiosk.domain.entries import CashTender, Entry, EntryBody, Sale, SaleLine, Stamp, encode
from sync import enrolment
from sync.server import admin, migrate
from sync.server.app import create_app
from sync.server.settings import Settings
from sync.server.store import Store
from tests.listeners import Listener
from tests.places import quick_place
from tests.ports import loopback, reserved_port
from tests.tls_once import read_authorities_once

NOW_MS = 1_795_000_000_000
SLUG = "aktau-tsc"
DATABASE = "adal.db"

read_authorities_once()


def sale(number: int = 1, price_tenge: int = 180, quantity: int = 1) -> Sale:
    total_tenge = price_tenge * quantity
    return Sale(
        f"checkout-{number}",
        "kk",
        (SaleLine("A.S.U. суы", price_tenge, quantity, "water-asu", "04870001157937"),),
        total_tenge,
        CashTender(None),
    )


@dataclass(frozen=True)
class Identity:
    kiosk_id: str
    epoch: int
    key: Ed25519PrivateKey
    link_hash: bytes = chain.GENESIS

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()


def new_identity() -> Identity:
    key = Ed25519PrivateKey.generate()
    return Identity(chain.kiosk_id_of(key.public_key().public_bytes_raw()), 1, key)


@dataclass
class MemoryJournal:
    """A journal without a disk; the same chain, keys and bytes."""

    identity: Identity = field(default_factory=new_identity)
    entries: list[chain.StoredEntry] = field(default_factory=list)
    suggestions: dict[str, tuple[str, str]] = field(default_factory=dict)

    def head(self) -> chain.Head:
        own = [e for e in self.entries if e.epoch == self.identity.epoch]
        start = chain.Head(self.identity.epoch, 0, self.identity.link_hash)
        return own[-1].head if own else start

    def add(self, body: EntryBody, at_ms: int = NOW_MS) -> chain.StoredEntry:
        return self.add_payload(encode(Entry(body, Stamp(at_ms, "boot", 1))))

    def add_payload(self, payload: bytes) -> chain.StoredEntry:
        entry = chain.make_entry(self.identity.key, self.identity.kiosk_id, self.head(), payload)
        self.entries.append(entry)
        return entry

    def add_sales(self, count: int) -> None:
        for number in range(count):
            self.add(sale(number))

    def read_since(self, epoch: int, seq: int, limit: int = 200) -> list[chain.StoredEntry]:
        return [e for e in self.entries if (e.epoch, e.seq) > (epoch, seq)][:limit]

    def pending_suggestions(self, limit: int = 20) -> list[tuple[str, str, str]]:
        return [(name, *words) for name, words in self.suggestions.items()][:limit]

    def mark_suggestion_sent(self, suggestion_id: str) -> None:
        del self.suggestions[suggestion_id]

    def copy(self) -> "MemoryJournal":
        """What a copied card or a restored backup gives."""
        return MemoryJournal(self.identity, list(self.entries))

    def start_epoch(self, key: Ed25519PrivateKey, given: enrolment.Enrolment) -> None:
        link = bytes.fromhex(given.link_hash)
        self.identity = Identity(self.identity.kiosk_id, given.epoch, key, link)


class PromptServer(uvicorn.Server):
    """Ends as soon as it is told to; uvicorn itself looks every tenth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    def end(self) -> None:
        """From any thread."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it ended by itself
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 0.1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Without uvicorn's pause for open connections where there are none."""
        for _ in range(5):  # a client that has just hung up is noticed in a moment
            if not (self.server_state.connections or self.server_state.tasks):
                break
            await asyncio.sleep(0.01)
        else:
            await super().shutdown(sockets)
            return
        for listener in self.servers:
            listener.close()
        for one in sockets or []:
            one.close()
        await self._wait_tasks_to_complete()
        if not self.force_exit:
            await self.lifespan.shutdown()


class RunningServer:
    """The real server over loopback, with its database; can be stopped and started again."""

    def __init__(
        self, database_url: str, *, certificate: Path | None = None, key: Path | None = None
    ) -> None:
        # Tests that are about the server's own work do it themselves, when they want it done.
        self.settings = Settings(database_url, works_alone=False)
        self._reserved: socket.socket | None = reserved_port()
        self.port = int(self._reserved.getsockname()[1])
        self.url = loopback(self.port, "https" if certificate else "http")
        self._tls = {"ssl_certfile": certificate, "ssl_keyfile": key} if certificate else {}
        self.store = Store(database_url)
        self._thread: threading.Thread | None = None
        self.guests: list[httpx.Client] = []
        """Browsers that tests opened; closed with the server."""

    def start(self) -> None:
        app = create_app(self.settings)
        listener = self._reserved or reserved_port(self.port)
        self._reserved = None
        self._server = PromptServer(uvicorn.Config(app, log_level="warning", **self._tls))
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started)

    def stop(self) -> None:
        while self.guests:
            self.guests.pop().close()
        if self._thread is not None:
            self._server.end()
            self._thread.join(20)
            self._thread = None
        if self._reserved is not None:
            self._reserved.close()

    def add_shop(self, slug: str = SLUG) -> int:
        return self.store.write(
            lambda connection: admin.add_shop(
                connection,
                slug=slug,
                name="Ақтау ХҚКО",
                region_code="47",
                cause="Мектепке кітап",
                now_ms=self.settings.now_ms(),
            )
        )

    def code(self, *, auto_approve: bool = True, slug: str = SLUG) -> str:
        return self.store.write(
            lambda connection: admin.make_code(
                connection,
                shop_slug=slug,
                auto_approve=auto_approve,
                now_ms=self.settings.now_ms(),
            )
        )

    def enrol(
        self,
        journal: MemoryJournal,
        *,
        key: Ed25519PrivateKey | None = None,
        code: str | None = None,
        auto_approve: bool = True,
    ) -> enrolment.Enrolment:
        return enrolment.enrol(
            self.url,
            code or self.code(auto_approve=auto_approve),
            kiosk_id=journal.identity.kiosk_id,
            epoch=journal.identity.epoch,
            key=key or journal.identity.key,
            software="adal test",
        )


@contextmanager
def running(database_url: str) -> Iterator[RunningServer]:
    server = RunningServer(database_url)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.store.close()


def wait_until(ready: Callable[[], bool], timeout_s: float = 30.0) -> None:
    give_up_at = time.monotonic() + timeout_s
    while not ready():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.01)


class OneAnswerServer(Listener):
    """Anybody on the way: answers every request with the same bytes, then closes."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self._answer = answer
        self.requests = 0

    def _talk(self, connection: socket.socket) -> None:
        read_request(connection)
        self.requests += 1
        connection.sendall(self._answer)


def read_request(connection: socket.socket) -> bytes:
    """One whole HTTP request with a Content-Length or without a body."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        chunk = connection.recv(65536)
        if not chunk:
            break
        body += chunk
    return head + b"\r\n\r\n" + body


class CuttingProxy(Listener):
    """A proxy that passes requests on and cuts answers, as the given function decides.

    ``cut`` gets the request's number and first line; True means that the server serves the
    request, commits, and its answer is lost.
    """

    def __init__(self, port: int, cut: Callable[[int, bytes], bool]) -> None:
        super().__init__()
        self._upstream_port = port
        self._cut = cut
        self.cuts = 0
        self.requests = 0

    def _talk(self, connection: socket.socket) -> None:
        request = read_request(connection)
        if request:
            self._pass_on(connection, request)

    def _pass_on(self, connection: socket.socket, request: bytes) -> None:
        self.requests += 1
        lines = request.split(b"\r\n", 1)
        request = (
            lines[0]
            + b"\r\nConnection: close\r\n"
            + lines[1].replace(b"Connection: keep-alive\r\n", b"", 1)
        )
        try:
            with socket.create_connection(
                ("127.0.0.1", self._upstream_port), timeout=20
            ) as upstream:
                upstream.sendall(request)
                answer = b""
                while chunk := upstream.recv(65536):
                    answer += chunk
        except OSError:
            return  # the server is away: the connection just closes
        if self._cut(self.requests, lines[0]):
            self.cuts += 1
            answer = answer[: len(answer) // 2 if self.cuts % 2 else 0]
        connection.sendall(answer)


def http_answer(status: str, body: bytes, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def json_answer(status: str, message: object, *headers: str) -> bytes:
    body = json.dumps(message).encode()
    return http_answer(status, body, "Content-Type: application/json", *headers)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / DATABASE}"


@functools.cache
def _newest_sqlite() -> bytes:
    """A database of the newest schema without rows, made once."""
    with tempfile.TemporaryDirectory(dir=quick_place()) as name:
        store = Store(sqlite_url(Path(name)))
        migrate.upgrade(store)
        store.close()
        return Path(name, DATABASE).read_bytes()


def migrated_sqlite_url(folder: Path) -> str:
    """An embedded database of the newest schema without rows."""
    (folder / DATABASE).write_bytes(_newest_sqlite())
    return sqlite_url(folder)
