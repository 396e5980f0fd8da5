"""What the pages about money share: which days, which shop, and text as it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Path, Query, Request
from sqlalchemy import ColumnElement, Connection

from kiosk.domain.ledger import day_of
from sync.server.accounts.roles import Person, shop_for
from sync.server.money import books, spending
from sync.server.problems import ProblemError
from sync.server.web.guard import Change
from sync.server.web.page import now_ms, store_of

DAYS_MAX = 400
NUMBER_MAX = 2**53

KioskId = Annotated[str, Path(pattern="^[a-z0-9]{1,16}$")]
Number = Annotated[int, Path(ge=0, le=NUMBER_MAX)]
HexId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
SinceDay = Annotated[str | None, Query(alias="since", max_length=40)]
UntilDay = Annotated[str | None, Query(alias="until", max_length=40)]


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a page is about, both included."""

    since: date
    until: date

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return urlencode({"since": self.since.isoformat(), "until": self.until.isoformat()})


def days_of(today: date, since: str | None, until: str | None) -> Days:
    """What was asked for; else this month so far. Never more than ``DAYS_MAX`` days."""
    last = _day(until) or today
    first = _day(since) or last.replace(day=1)
    first, last = min(first, last), max(first, last)
    if (last - first).days >= DAYS_MAX:
        first = last - timedelta(DAYS_MAX - 1)
    return Days(first, last)


def plain(text: str, length_max: int = 200) -> str:
    """What a person typed, without the control characters that no database takes."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:length_max]


def caught_up(request: Request, shops: ColumnElement[bool]) -> None:
    """Brings the kept sums up to the journals before they are shown."""
    books.catch_up(store_of(request), shops)


def shop_id_of(connection: Connection, person: Person, slug: str) -> int:
    """The person's shop of that short name.

    Raises:
        ProblemError: ``not_found``.
    """
    if not slug.isprintable():
        raise ProblemError("not_found", "There is no such shop here.")
    return int(shop_for(connection, person.scope, slug)._mapping["shop_id"])


def form_days(request: Request, what: Change) -> Days:
    """The days of the page that a form stood on."""
    return days_of(day_of(now_ms(request)), what.text("since"), what.text("until"))


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    # Days before the product, or of a slip of the finger, are no days of ours.
    return found if spending.FIRST_DAY <= found <= date(2100, 1, 1) else None
