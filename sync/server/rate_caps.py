"""How much one sender may ask: so much at once, and then so much a second.

Counted for each token and each address, in this process alone: with several workers each lets so
much pass. Whoever asks more is told how long to wait, and a kiosk waits (``Retry-After``). A month's
backlog passes at once, and a year's in a few minutes. Wrong one-time codes have a cap of their own,
or an address could try codes all day long.

Programs on this machine are not capped: behind a proxy that does not say who asks, everybody would
seem to be one of them, and one busy shop would shut the others out.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import msgspec
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync import wire

ENROL_PATH = f"{wire.API}/enrol"
REFUSED_CODE_STATUS = 403
SENDERS_MAX = 20_000
"""Remembered; the one who asked longest ago is forgotten first. About 4 MB."""


@dataclass(frozen=True, slots=True)
class Cap:
    """``at_once`` after a rest, and ``per_s`` in the long run."""

    at_once: int
    per_s: float


@dataclass(frozen=True, slots=True)
class Caps:
    """Of one token, of one address, and of one address's wrong one-time codes."""

    token: Cap = Cap(600, 10)
    address: Cap = Cap(3000, 50)
    wrong_codes: Cap = Cap(20, 1 / 30)


class Meter:
    """What is left to each sender under one cap."""

    def __init__(self, cap: Cap, monotonic_s: Callable[[], float]) -> None:
        self._cap = cap
        self._monotonic_s = monotonic_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, sender: str) -> int:
        """Seconds until half of what may come at once may come again; 0 while there is room.

        Half, not one: who waits for each message by itself would hardly get on.
        """
        if (left := self._left_to(sender)) >= 1:
            return 0
        return ceil((max(1.0, self._cap.at_once / 2) - left) / self._cap.per_s)

    def take(self, sender: str) -> None:
        """One more came."""
        left = max(0.0, self._left_to(sender) - 1)
        self._left[sender] = (left, self._monotonic_s())
        self._left.move_to_end(sender)
        if len(self._left) > SENDERS_MAX:
            self._left.popitem(last=False)

    def _left_to(self, sender: str) -> float:
        full = float(self._cap.at_once)
        left, at_s = self._left.get(sender, (full, 0.0))
        return min(full, left + (self._monotonic_s() - at_s) * self._cap.per_s)


class CapRequests:
    """Lets a request pass, or says how long to wait."""

    def __init__(
        self, app: ASGIApp, caps: Caps, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._tokens = Meter(caps.token, monotonic_s)
        self._addresses = Meter(caps.address, monotonic_s)
        self._wrong_codes = Meter(caps.wrong_codes, monotonic_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        address = _address(scope) if scope["type"] == "http" else None
        if address is None:
            await self._app(scope, receive, send)
            return
        if wait_s := self._counted(scope, address):
            await _too_many(scope, wait_s)(scope, receive, send)
            return
        if scope["path"] != ENROL_PATH:
            await self._app(scope, receive, send)
            return

        async def send_noticed(message: Message) -> None:
            started = message["type"] == "http.response.start"
            if started and message["status"] == REFUSED_CODE_STATUS:
                self._wrong_codes.take(address)
            await send(message)

        await self._app(scope, receive, send_noticed)

    def _counted(self, scope: Scope, address: str) -> int:
        """Takes a request into account; how long its sender has to wait, or 0."""
        asked = [(self._addresses, address)]
        if token := _token(scope):
            asked.append((self._tokens, token))
        wait_s = max(meter.wait_s(sender) for meter, sender in asked)
        if scope["path"] == ENROL_PATH:
            wait_s = max(wait_s, self._wrong_codes.wait_s(address))
        if not wait_s:
            for meter, sender in asked:
                meter.take(sender)
        return wait_s


def _address(scope: Scope) -> str | None:
    """Whose address it is; None for this machine's own. A network of IPv6 counts as one sender."""
    try:
        address = ipaddress.ip_address((scope.get("client") or ("",))[0])
    except ValueError:
        return None
    if address.is_loopback:
        return None
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _token(scope: Scope) -> str:
    """A token's hash: the token itself is kept nowhere."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashlib.sha256(value).hexdigest()
    return ""


def _too_many(scope: Scope, wait_s: int) -> Response:
    said = f"Too many requests; wait {wait_s} s."
    headers = {"Retry-After": str(wait_s)}
    if not scope["path"].startswith(wire.API):
        return PlainTextResponse(said, 429, headers)
    problem = msgspec.json.encode(wire.Problem("too_many", said))
    return Response(problem, 429, headers, wire.JSON_TYPE)
