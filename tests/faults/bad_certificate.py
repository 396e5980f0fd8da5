"""Somebody else behind the centre's address: certificates of every wrong kind."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.domain.errors import SyncError
from sync.centre import Centre
from tests.faults.certificates import Authority
from tests.faults.frame import Fault, Log, Outcome, dice, scratch
from tests.ports import loopback
from tests.sync.harness import json_answer, read_request

TOKEN = "0123456789abcdef.1.secret"
_DAY = datetime.timedelta(days=1)
_ANSWER = json_answer(
    "200 OK",
    {"kiosk_id": "0123456789abcdef", "epochs": [], "catalogue_version": 0, "server_ms": 1},
)

Files = tuple[Path, Path]


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: a kiosk calls a centre with one of the wrong certificates, or none at all."""
    outcome = Outcome()
    with scratch() as folder:
        trusted = Authority(folder, "authority")
        wrong = _wrong_ones(folder, trusted)
        right = trusted.certificate("right")
        _control(right, trusted, outcome)
        for number in range(rounds):
            kind = dice(seed, number // len(wrong)).sample(list(wrong), len(wrong))[
                number % len(wrong)
            ]
            heard = _call(wrong[kind], trusted)
            outcome.counts[f"{kind}: refused"] += heard is None
            outcome.expect(heard is None, f"round {number}: {kind} was spoken to: {heard!r}")
            log.advance()
    return outcome


def _wrong_ones(folder: Path, trusted: Authority) -> dict[str, Files | None]:
    return {
        "certificate of an unknown authority": Authority(folder, "stranger").certificate("unknown"),
        "certificate of another host": trusted.certificate("other", address="192.0.2.7"),
        "expired certificate": trusted.certificate("old", begins=-9 * _DAY, ends=-_DAY),
        "certificate of the future": trusted.certificate("early", begins=_DAY, ends=9 * _DAY),
        "no TLS at all": None,
    }


def _control(right: Files, trusted: Authority, outcome: Outcome) -> None:
    """With the right one it speaks, so that the refusals are about the certificate."""
    heard = _call(right, trusted)
    outcome.counts["right certificate: spoken to (control)"] += bool(heard)
    outcome.expect(bool(heard and TOKEN.encode() in heard), "the right certificate was refused")


def _call(files: Files | None, trusted: Authority) -> bytes | None:
    """What the other side heard in clear; None when the kiosk said nothing to it."""
    with listening(files) as (port, heard):
        context = ssl.create_default_context(cafile=trusted.file)
        try:
            with Centre(loopback(port, "https"), TOKEN, verify=context) as centre:
                centre.mark()
        except SyncError:
            pass
    return heard[0] if heard else None


@contextmanager
def listening(files: Files | None) -> Iterator[tuple[int, list[bytes]]]:
    """One connection is taken; without files nothing is encrypted."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))
    context = None
    if files is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # nobody came
        with connection:
            connection.settimeout(10)
            try:
                if context is None:
                    data = connection.recv(65536)
                    if TOKEN.encode() in data:
                        heard.append(data)
                    return
                with context.wrap_socket(connection, server_side=True) as speaking:
                    if request := read_request(speaking):
                        heard.append(request)
                        speaking.sendall(_ANSWER)
            except OSError:
                pass  # the kiosk hung up, as it should

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1]), heard
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        thread.join(20)
        listener.close()


FAULT = Fault(
    "bad_certificate",
    "somebody else answers at the centre's address",
    "nothing is said to whom the certificate does not prove to be the centre",
    "calls",
    100,
    5,
    run,
)
