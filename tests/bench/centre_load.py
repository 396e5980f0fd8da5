"""What the centre's bench sends: enrolled kiosks' signed batches, made before the clock runs."""

from __future__ import annotations

import gzip
import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import chain
from kiosk.domain.entries import CashTender, Entry, Sale, SaleLine, Stamp, encode
from sync import enrolment, wire
from sync.fleet.places import GOODS
from sync.server import admin, migrate
from sync.server.store import Store

BATCH_ROWS = 200
START_MS = 1_790_000_000_000
SALE_EVERY_MS = 20 * 60_000
START_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class LoadKiosk:
    """One kiosk of its own shop, with what it will send."""

    kiosk_id: str
    requests: list[bytes]
    entries: list[chain.StoredEntry]


def sale_of(number: int) -> Sale:
    """A sale of two lines, as our kiosks write it: paid with a note, change taken."""
    first, second = GOODS[number % len(GOODS)], GOODS[(number * 7 + 3) % len(GOODS)]
    lines = tuple(SaleLine(x.name, x.price_tenge, 1, x.product_id, x.code) for x in (first, second))
    total = sum(x.total_tenge for x in lines)
    left = 2000 - total
    tender = CashTender({"n2000": 1}, {"c10": left // 10}, 0)
    return Sale(f"{number:032x}", "kk", lines, total, tender)


def add_shops(store: Store, count: int) -> list[tuple[str, str]]:
    """Shops of one region, each with a code that enrols a kiosk."""

    def work(connection: object) -> list[tuple[str, str]]:
        made = []
        for number in range(count):
            slug = f"bench-{number}"
            admin.add_shop(
                connection,
                slug=slug,
                name="Дүкен",
                region_code="47",
                cause="",
                now_ms=int(time.time() * 1000),
            )
            code = admin.make_code(
                connection,
                shop_slug=slug,
                auto_approve=True,
                now_ms=int(time.time() * 1000),
            )
            made.append((slug, code))
        return made

    migrate.upgrade(store)
    return store.write(work)


def load_kiosk(url: str, slug: str, code: str, batches: int) -> LoadKiosk:
    """Enrols a kiosk and makes all that it will send."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(slug.encode()).digest())
    kiosk_id = chain.kiosk_id_of(key.public_key().public_bytes_raw())
    given = enrolment.enrol(url, code, kiosk_id=kiosk_id, epoch=1, key=key, software="bench")
    head = chain.Head(1, 0, bytes.fromhex(given.link_hash))
    entries = []
    for number in range(batches * BATCH_ROWS):
        stamp = Stamp(START_MS + number * SALE_EVERY_MS, "boot", number)
        made = chain.make_entry(key, kiosk_id, head, encode(Entry(sale_of(number), stamp)))
        entries.append(made)
        head = made.head
    requests = [
        _request(given.token, wire.make_batch(entries[n : n + BATCH_ROWS], len(entries)))
        for n in range(0, len(entries), BATCH_ROWS)
    ]
    return LoadKiosk(kiosk_id, requests, entries)


def _request(token: str, batch: wire.Batch) -> bytes:
    """All bytes of a request, gzipped as our kiosks do."""
    body = gzip.compress(msgspec.json.encode(batch), 6)
    lines = (
        f"POST {wire.API}/journal HTTP/1.1",
        "Host: centre",
        f"Authorization: Bearer {token}",
        f"Content-Type: {wire.JSON_TYPE}",
        "Content-Encoding: gzip",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode() + body


def send_all(url: str, kiosks: Sequence[LoadKiosk], clients: int) -> float:
    """Sends everything, so many kiosks at once; seconds from the first byte to the last answer.

    Raises:
        RuntimeError: for any answer that is not 200.
    """
    address = urlsplit(url)
    waiting = list(kiosks)
    errors: list[str] = []

    def client() -> None:
        with socket.create_connection((str(address.hostname), address.port), 120) as link:
            while waiting and not errors:
                try:
                    kiosk = waiting.pop()
                except IndexError:
                    return
                for request in kiosk.requests:
                    link.sendall(request)
                    answer = _answer(link)
                    if not answer.startswith(b"HTTP/1.1 200 "):
                        errors.append(answer[:500].decode(errors="replace"))
                        return

    threads = [threading.Thread(target=client) for _ in range(clients)]
    began_s = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took_s = time.perf_counter() - began_s
    if errors:
        raise RuntimeError(f"The centre answered {errors[0]}")
    return took_s


def _answer(link: socket.socket) -> bytes:
    """One whole answer: other machines' work shall not count, so no more is done than needed."""
    data = link.recv(65536)
    while b"\r\n\r\n" not in data:
        data += _more(link)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += _more(link)
    return head + b"\r\n\r\n" + body


def _more(link: socket.socket) -> bytes:
    data = link.recv(65536)
    if not data:
        raise RuntimeError("The centre hung up.")
    return data


@contextmanager
def serving(database_url: str) -> Iterator[str]:
    """The real server in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "sync", "serve", "--port", str(port), "--db", database_url],
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("BENCH_LOUD") else subprocess.DEVNULL,
    )
    try:
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError as error:
                if time.monotonic() > give_up_at or process.poll() is not None:
                    raise RuntimeError("The centre did not start.") from error
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)
