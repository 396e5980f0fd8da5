"""Shops, regions and the country: the same measures at each height."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select

from sync.server.accounts.roles import Person, shop_for
from sync.server.measures import journal
from sync.server.measures.chains import kiosks_of
from sync.server.measures.country import country_page
from sync.server.measures.days import period_of
from sync.server.measures.group_page import PLACES, group_page
from sync.server.measures.proof import Line
from sync.server.measures.shop_page import shop_page
from sync.server.problems import ProblemError
from sync.server.rollups.periods import PERIODS_DAYS
from sync.server.schema import region, shop
from sync.server.web.guard import Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

Period = Annotated[str, Query(alias="days")]
_NUMBER_DIGITS_MAX = 15


@router.get("/shops/{slug}")
def get_shop(request: Request, person: Reader, slug: str, days: Period = "") -> Response:
    """One shop: sales, ratios, box, shelf, visits, kiosks."""
    at_ms, count = now_ms(request), period_of(_number(days))

    def work(connection: Connection) -> dict[str, Any]:
        place = _shop(connection, person, slug)
        return {
            "shop": place,
            "region": _region(connection, place.region_code),
            "shown": shop_page(connection, place.shop_id, at_ms, count),
        }

    found = store_of(request).read(work)
    return page(request, "shop.html", period=count, periods=PERIODS_DAYS, **found)


@router.get("/shops/{slug}/journal")
def get_journal(
    request: Request,
    person: Reader,
    slug: str,
    kiosk: str = "",
    type: str = "",  # noqa: A002  the name in the address
    day: str = "",
    receipt: str = "",
    before: str = "",
) -> Response:
    """A kiosk's journal, newest first, each entry with its proof."""
    wanted = journal.Wanted(
        kiosk,
        type if type in (*journal.TYPES, "unreadable") else "",
        _day(day),
        receipt.strip().upper(),
        _place(before),
    )

    def work(connection: Connection) -> dict[str, Any]:
        place = _shop(connection, person, slug)
        kiosks = kiosks_of(connection, place.shop_id)
        chosen = kiosk if kiosk in kiosks else (kiosks[0] if kiosks else "")
        here = journal.Wanted(chosen, wanted.type, wanted.day, wanted.receipt, wanted.before)
        return {
            "shop": place,
            "region": _region(connection, place.region_code),
            "kiosks": kiosks,
            "wanted": here,
            "shown": journal.journal_page(connection, place.shop_id, here),
            "aside": journal.set_aside(connection, place.shop_id),
        }

    found = store_of(request).read(work)
    is_odd = bool(wanted.receipt) and journal.receipt_bounds(wanted.receipt) is None
    return page(request, "shop_journal.html", types=journal.TYPES, is_odd=is_odd, **found)


@router.get("/shops/{slug}/journal/{kiosk_id}/{epoch}/{seq}")
def get_entry(
    request: Request, person: Reader, slug: str, kiosk_id: str, epoch: str, seq: str
) -> Response:
    """One entry: its bytes, its proof, the entries beside it."""
    at = _place(f"{epoch}.{seq}") if kiosk_id.isascii() and kiosk_id.isalnum() else None

    def work(connection: Connection) -> dict[str, Any]:
        place = _shop(connection, person, slug)
        line = at and journal.entry_at(connection, place.shop_id, kiosk_id, *at)
        if not line:
            raise ProblemError("not_found", "There is no such entry here.")
        before, after = journal.neighbours(connection, place.shop_id, line)
        return {
            "shop": place,
            "region": _region(connection, place.region_code),
            "line": line,
            "before": before,
            "after": after,
        }

    return page(request, "shop_entry.html", **store_of(request).read(work))


@router.get("/shops/{slug}/sales/{receipt}")
def get_sale(request: Request, person: Reader, slug: str, receipt: str) -> Response:
    """Finds a sale by the number on the shopper's screen."""

    def work(connection: Connection) -> dict[str, Any]:
        place = _shop(connection, person, slug)
        return {
            "shop": place,
            "region": _region(connection, place.region_code),
            "lines": journal.sales_of_receipt(connection, place.shop_id, receipt),
        }

    found = store_of(request).read(work)
    lines: list[Line] = found["lines"]
    if not lines:
        raise ProblemError("not_found", "There is no sale of that number here.")
    if len(lines) > 1:
        return page(request, "shop_receipt.html", **found)
    [line] = lines
    return RedirectResponse(f"/shops/{slug}/journal/{line.kiosk_id}/{line.epoch}/{line.seq}", 303)


@router.get("/regions/{code}")
def get_region(request: Request, person: Reader, code: str, days: Period = "") -> Response:
    """All shops of a region together."""
    if not (_number(code) and person.scope.holds(code, None)):
        raise ProblemError("not_found", "There is no such region here.")
    at_ms, count = now_ms(request), period_of(_number(days))

    def work(connection: Connection) -> dict[str, Any]:
        return {
            "region": _region(connection, code),
            "shown": group_page(connection, person.scope.shops(), code, at_ms, count),
        }

    found = store_of(request).read(work)
    return page(request, "region.html", period=count, periods=PERIODS_DAYS, places=PLACES, **found)


@router.get("/country")
def get_country(request: Request, person: Reader, days: Period = "") -> Response:
    """All regions together; whoever sees a part only is led to it."""
    if person.scope.is_national:
        return _country(request, person, days)
    if person.scope.region_code is not None:
        return RedirectResponse(f"/regions/{person.scope.region_code}", 303)
    slug = store_of(request).read(
        lambda connection: connection.execute(
            select(shop.c.slug).where(person.scope.shops())
        ).scalar_one()
    )
    return RedirectResponse(f"/shops/{slug}", 303)


def _country(request: Request, person: Person, days: str) -> Response:
    at_ms, count = now_ms(request), period_of(_number(days))
    shown = store_of(request).read(lambda c: country_page(c, person.scope.shops(), at_ms, count))
    names = {line.code: line.names for line in shown.regions}
    return page(
        request,
        "country.html",
        period=count,
        periods=PERIODS_DAYS,
        places=PLACES,
        shown=shown,
        names=names,
    )


def _shop(connection: Connection, person: Person, slug: str) -> Any:
    """The shop's row; PostgreSQL would not even look for a text with a zero byte."""
    return shop_for(connection, person.scope, slug.replace("\x00", "/"))


def _region(connection: Connection, code: str) -> dict[str, str]:
    """Its code, and its names by language."""
    row = connection.execute(select(region).where(region.c.region_code == code)).one_or_none()
    if row is None:
        raise ProblemError("not_found", "There is no such region here.")
    return {"code": code, "kk": row.name_kk, "ru": row.name_ru, "en": row.name_en}


def _number(text: str) -> int | None:
    is_one = text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS_MAX
    return int(text) if is_one else None


def _day(text: str) -> date | None:
    """What a form's date field sends; anything else filters nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _place(text: str) -> tuple[int, int] | None:
    """``epoch.seq``, where a page of the journal goes on."""
    epoch, _, seq = text.partition(".")
    numbers = _number(epoch), _number(seq)
    if numbers[0] is None or numbers[1] is None or numbers[0] >= 2**31:
        return None
    return numbers[0], numbers[1]
