"""A proxy on loopback that plays tricks, chosen by dice."""

from __future__ import annotations

import gzip
import json
import random
import socket
import threading
import time
from collections import Counter
from enum import Enum

from tests.sync.harness import http_answer, json_answer, read_request


class Trick(Enum):
    """What is done to one message; the value is what it is called in the table."""

    PASS = "messages left alone"
    SENT_TWICE = "messages delivered twice"
    ANSWER_LOST = "answers lost after the commit"
    ANSWER_CUT = "answers cut in the middle"
    REQUEST_LOST = "messages lost before the centre"
    REQUEST_CUT = "messages cut in the middle"
    DRIPS = "answers that drip"
    SIGN_IN_PAGE = "sign-in pages (200, HTML)"
    OTHER_JSON = "200 with some JSON"
    FORGED_ACK = "forged acknowledgements (right numbers, wrong hash)"
    OLD_ACK = "acknowledgements of another message"
    SERVER_ERROR = "5xx"
    REDIRECT = "redirects to another host"


_WEIGHTS = {Trick.PASS: 4, Trick.SENT_TWICE: 24, Trick.ANSWER_LOST: 6, Trick.DRIPS: 0.2}
_CAPTIVE = b"<!doctype html><title>Wi-Fi</title><h1>Sign in</h1>"
_ERRORS = ("500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable")
_DRIP_S = 0.05


class LyingProxy:
    """Passes messages on to a port of this machine, or does worse."""

    def __init__(self, port: int, rng: random.Random) -> None:
        self._port = port
        self._rng = rng
        self._old_answer = b""
        self._last_seq = 1
        self.played: Counter[Trick] = Counter()
        self.messages = self.replays = self.lies_with_200 = 0
        self.strangers_heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stranger = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [
            threading.Thread(target=self._serve, daemon=True),
            threading.Thread(target=self._overhear, daemon=True),
        ]

    def __enter__(self) -> LyingProxy:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for listener in (self._listener, self._stranger):
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in self._threads:
            thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    request = read_request(connection)
                    if request:
                        self.messages += 1
                        self._play(connection, request)
                except OSError:
                    pass  # whoever asked did not wait for the end

    def _overhear(self) -> None:
        """The host that redirects lead to."""
        while True:
            try:
                connection, _ = self._stranger.accept()
            except OSError:
                return
            with connection:
                self.strangers_heard.append(read_request(connection))

    def _play(self, connection: socket.socket, request: bytes) -> None:
        trick = self._rng.choices(list(Trick), [_WEIGHTS.get(one, 1) for one in Trick])[0]
        self.played[trick] += 1
        self._last_seq = _last_seq(request) or self._last_seq
        if trick in _MADE_UP:
            self._make_up(connection, trick)
            return
        if trick is Trick.REQUEST_LOST:
            return
        if trick is Trick.REQUEST_CUT:
            self._ask(request[: self._rng.randrange(len(request))], cut=True)
            return
        answer = self._ask(request)
        if trick is Trick.SENT_TWICE:
            self.replays += request.startswith(b"POST /api/v1/journal")
            answer = self._ask(request)
        if b'"head_hash"' in answer:
            self._old_answer, answer = answer, self._with_trick(connection, trick, answer)
        else:
            answer = self._with_trick(connection, trick, answer)
        connection.sendall(answer)

    def _with_trick(self, connection: socket.socket, trick: Trick, answer: bytes) -> bytes:
        """What is left of a true answer."""
        if trick is Trick.ANSWER_LOST:
            return b""
        if trick is Trick.ANSWER_CUT:
            return answer[: self._rng.randrange(len(answer))]
        if trick is Trick.DRIPS:
            for byte in answer[:-1]:
                connection.sendall(bytes([byte]))
                time.sleep(_DRIP_S)
        return b"" if trick is Trick.DRIPS else answer

    def _make_up(self, connection: socket.socket, trick: Trick) -> None:
        """An answer that the centre never gave, to a message that it never got."""
        if trick is Trick.SIGN_IN_PAGE:
            answer = http_answer("200 OK", _CAPTIVE, "Content-Type: text/html")
        elif trick is Trick.OTHER_JSON:
            answer = json_answer("200 OK", self._rng.choice([{}, [], {"status": "ok"}, None, 1]))
        elif trick is Trick.FORGED_ACK:
            answer = self._forged()
        elif trick is Trick.OLD_ACK:
            answer = self._old_answer or self._forged()
        elif trick is Trick.SERVER_ERROR:
            answer = http_answer(self._rng.choice(_ERRORS), b"<h1>error</h1>")
        else:
            there = f"Location: http://127.0.0.1:{self._stranger.getsockname()[1]}/api/v1/journal"
            status = self._rng.choice(["301 Moved", "302 Found", "307 Again", "308 Moved"])
            answer = http_answer(status, b"", there)
        self.lies_with_200 += answer.startswith(b"HTTP/1.1 200")
        connection.sendall(answer)

    def _forged(self) -> bytes:
        ack = {
            "epoch": 1,
            "seq": self._last_seq,
            "head_hash": self._rng.randbytes(32).hex(),
            "server_ms": 1_795_000_000_000,
        }
        return json_answer("200 OK", ack)

    def _ask(self, request: bytes, *, cut: bool = False) -> bytes:
        """The centre's own answer, all of it."""
        line, _, rest = request.partition(b"\r\n")
        rest = rest.replace(b"Connection: keep-alive\r\n", b"", 1)
        answer = b""
        with socket.create_connection(("127.0.0.1", self._port), timeout=20) as upstream:
            upstream.sendall(line + b"\r\nConnection: close\r\n" + rest)
            if cut:
                return b""
            while chunk := upstream.recv(65536):
                answer += chunk
        return answer


def _last_seq(request: bytes) -> int:
    """The number of the last entry in a batch; 0 when it is none."""
    try:
        batch = json.loads(gzip.decompress(request.partition(b"\r\n\r\n")[2]))
        return int(batch["first_seq"]) + len(batch["entries"]) - 1
    except (OSError, EOFError, ValueError, KeyError):
        return 0


_MADE_UP = frozenset(
    {
        Trick.SIGN_IN_PAGE,
        Trick.OTHER_JSON,
        Trick.FORGED_ACK,
        Trick.OLD_ACK,
        Trick.SERVER_ERROR,
        Trick.REDIRECT,
    }
)
