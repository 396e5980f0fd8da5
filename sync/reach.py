"""Is the centre there? Asked by whoever looks for what is wrong, before anything is sent."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from kiosk.domain.errors import Unreachable

TIMEOUT_S = 8.0


@dataclass(frozen=True, slots=True)
class Reached:
    """``is_well``: it is the centre, and its database answers. ``clock_ahead_s``: this machine's
    clock before the centre's, by HTTP's Date (RFC 9110, 6.6.1); 0 when that was not said."""

    is_well: bool
    clock_ahead_s: float


def reach(server_url: str, *, timeout_s: float = TIMEOUT_S) -> Reached:
    """Asks for the centre's health, without a token.

    Raises:
        Unreachable: saying what the network said.
    """
    try:
        answer = httpx.get(f"{server_url.rstrip('/')}/healthz", timeout=timeout_s)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    return Reached(_is_well(answer), _ahead_s(answer))


def _is_well(answer: httpx.Response) -> bool:
    """A network's own log-in page answers 200 as well."""
    try:
        said = answer.json()
    except ValueError:
        return False
    return answer.is_success and isinstance(said, dict) and said.get("status") == "ok"


def _ahead_s(answer: httpx.Response) -> float:
    try:
        return time.time() - parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return 0.0
