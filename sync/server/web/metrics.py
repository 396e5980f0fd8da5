"""``/metrics``: for a Prometheus beside the server, or one that has the token."""

from __future__ import annotations

import hmac
import ipaddress

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from sync.server import access
from sync.server.metrics.counting import Counts
from sync.server.metrics.state import State
from sync.server.problems import ProblemError
from sync.server.web.page import now_ms, store_of

router = APIRouter(include_in_schema=False)

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


@router.get("/metrics")
def get_metrics(request: Request) -> Response:
    """Counters of this process and gauges of the database, as text."""
    token: str | None = request.app.state.settings.metrics_token
    if not (_is_from_here(request) or _has_token(request, token)):
        # Nobody needs to know that there is something to ask for.
        raise ProblemError("not_found", "There is nothing here.")
    counts: Counts = request.app.state.counts
    registry = CollectorRegistry(auto_describe=False)
    registry.register(counts)
    store, at_ms = store_of(request), now_ms(request)
    registry.register(State(store, lambda: at_ms))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _is_from_here(request: Request) -> bool:
    """A program on this machine itself.

    A proxy on this machine comes from here, too: so nothing may say that it was passed on, and
    the name that was asked for must be the machine's own.
    """
    client = request.client
    if client is None or any(name in request.headers for name in _FORWARDED):
        return False
    name = request.headers.get("host", "").rsplit(":", 1)[0].lower()
    return _is_loopback(client.host) and name in _LOCAL_NAMES


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _has_token(request: Request, token: str | None) -> bool:
    if not token:
        return False
    try:
        given = access.bearer(request.headers.get("authorization"))
    except ProblemError:
        return False
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), token.encode())
