"""The money's way from the box to the cause: earned, cash on its way, the book to take home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlalchemy import Connection, and_, func, select
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError, MoneyError
from kiosk.domain.ledger import day_of
from kiosk.domain.money import parse_tenge
from sync.server.accounts.roles import Person
from sync.server.money import bank_sums, ledger, spending, taken
from sync.server.money.earned import Earned, earned, earned_by_region, earned_by_shop
from sync.server.money.qr import QrSums, qr_by_region, qr_by_shop
from sync.server.money.spending import Kind
from sync.server.picking import Picked, Wanted, pick, wanted_of
from sync.server.schema import region, shop
from sync.server.texts import translations
from sync.server.web import money_bank, money_shop
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.kiosks_common import regions_of
from sync.server.web.money_common import (
    Days,
    KioskId,
    Number,
    SinceDay,
    UntilDay,
    caught_up,
    days_of,
    form_days,
    plain,
    shop_id_of,
)
from sync.server.web.page import language_of, now_ms, page, store_of

router = APIRouter(include_in_schema=False)
router.include_router(money_shop.router)
router.include_router(money_bank.router)

PAYOUTS_SHOWN = 50


@router.get("/money")
def get_money(
    request: Request,
    person: Reader,
    since: SinceDay = None,
    until: UntilDay = None,
    area: Annotated[str, Query(alias="region")] = "",
    q: str = "",
    number: Annotated[str, Query(alias="page")] = "",
) -> Response:
    """What was earned, what is on its way, what needs a person: of all, a region, or some shops."""
    days = days_of(day_of(now_ms(request)), since, until)
    return _money_page(request, person, days, wanted_of(area, q, number))


@router.get("/money/ledger.csv")
def get_ledger(
    request: Request, person: Reader, since: SinceDay = None, until: UntilDay = None
) -> Response:
    """Every movement of these days as a table for a spreadsheet."""
    days = days_of(day_of(now_ms(request)), since, until)
    caught_up(request, person.scope.shops())
    found = store_of(request).read(
        lambda connection: ledger.rows(connection, person.scope.shops(), days.since, days.until)
    )
    say = translations(language_of(request)).gettext
    heading = [say(name) for name in ("Day", "Shop", "What", "Tenge", "Details")]
    names = {kind: say(LEDGER_NAMES[kind]) for kind in ledger.KINDS}
    name = f"adal-money-{days.since}-{days.until}.csv"
    return StreamingResponse(
        ledger.csv_lines(found, heading, names),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


LEDGER_NAMES = {
    "counted_cash": "Counted cash",
    "confirmed_qr": "Confirmed QR",
    "restock_cost": "Cost of goods",
    "other_cost": "Other cost",
    "payout": "Paid out to the cause",
    "cash_out": "Cash taken out",
    "cash_received": "Cash received",
}
"""The kinds of the book's rows, in English; templates carry the same words for translation."""


@router.post("/money/cash/{slug}/{kiosk_id}/{epoch}/{seq}/receive")
async def post_receive(
    request: Request, slug: str, kiosk_id: KioskId, epoch: Number, seq: Number, what: Changer
) -> Response:
    """A second person confirms that the money arrived."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        shop_id = shop_id_of(connection, what.person, slug)
        try:
            received_tenge = parse_tenge(what.text("received"))
        except MoneyError as error:
            raise ConfigError("amount") from error
        taken.receive(
            connection,
            what.person,
            (shop_id, kiosk_id, epoch, seq),
            received_tenge=received_tenge,
            note=plain(what.text("note"), taken.NOTE_LENGTH_MAX),
            is_second_person=what.text("second_person") == "yes",
            now_ms=at_ms,
        )

    return await _changed(request, what, work)


@router.post("/money/cash/{slug}/{kiosk_id}/{epoch}/{seq}/undo")
async def post_undo(
    request: Request, slug: str, kiosk_id: KioskId, epoch: Number, seq: Number, what: Changer
) -> Response:
    """The confirmation was a slip."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        shop_id = shop_id_of(connection, what.person, slug)
        key = (shop_id, kiosk_id, epoch, seq)
        taken.take_back_receipt(connection, what.person, key, at_ms)

    return await _changed(request, what, work)


async def _changed(request: Request, what: Change, work: Callable[[Connection], None]) -> Response:
    days = form_days(request, what)
    wanted = wanted_of(what.text("region"), what.text("q"), what.text("page"))
    try:
        await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(
            _money_page, request, what.person, days, wanted, trouble=str(error)
        )
    more = "" if wanted.is_all else f"&{wanted.query()}"
    return RedirectResponse(f"/money?{days.query}{more}#cash", 303)


def _money_page(
    request: Request, person: Person, days: Days, wanted: Wanted, *, trouble: str = ""
) -> Response:
    at_ms = now_ms(request)
    caught_up(request, person.scope.shops())

    def work(connection: Connection) -> dict[str, Any]:
        span = (days.since, days.until)
        picked = pick(connection, person.scope, wanted)
        today = day_of(at_ms)
        of_each = _regions if picked.are_regions else _shops
        lines, all_earned = of_each(connection, picked, days, today)
        return {
            "picked": picked,
            "earned": all_earned,
            "lines": lines,
            "regions": regions_of(connection, person.scope),
            "cash": taken.listed(connection, picked.seen, *span, at_ms),
            "waiting": taken.waiting(connection, picked.seen),
            "payouts": spending.listed(connection, Kind.PAYOUT, picked.seen, *span, PAYOUTS_SHOWN),
        }

    return page(
        request,
        "money.html",
        status=422 if trouble else 200,
        trouble=trouble,
        days=days,
        wanted=wanted,
        shown_max=taken.SHOWN_MAX,
        **store_of(request).read(work),
    )


_NOTHING, _NO_QR = Earned(), QrSums()


SUMMED_PAGES_MAX = 5
"""So many pages of shops are added up at once: the sum of all then needs no queries of its own."""

Lines = list[dict[str, Any]]


def _regions(
    connection: Connection, picked: Picked, days: Days, today: date
) -> tuple[Lines, Earned]:
    """Every region that has shops, with its sums; and the sum of all."""
    span = (days.since, days.until)
    credited = bank_sums.by_region(connection, picked.seen, *span)
    sums = earned_by_region(connection, picked.seen, *span, credited)
    qr = qr_by_region(connection, picked.seen, *span, today, credited)
    rows = connection.execute(
        select(region, func.count().label("shops"))
        .join(shop, shop.c.region_code == region.c.region_code)
        .where(picked.seen)
        .group_by(*region.c)
        .order_by(region.c.region_code)
    )
    lines = [
        {
            **row._mapping,
            "earned": sums.get(row.region_code, _NOTHING),
            "qr": qr.get(row.region_code, _NO_QR),
        }
        for row in rows
    ]
    return lines, sum(sums.values(), Earned())


def _shops(connection: Connection, picked: Picked, days: Days, today: date) -> tuple[Lines, Earned]:
    """The shops of this page with their sums, also those where nothing happened; and all's sum."""
    of_page = and_(picked.seen, shop.c.shop_id.in_(picked.ids))
    are_few = picked.pages <= SUMMED_PAGES_MAX
    summed = picked.seen if are_few else of_page
    span = (days.since, days.until)
    credited = bank_sums.by_shop(connection, summed, *span)
    each = earned_by_shop(connection, summed, *span, credited)
    qr = qr_by_shop(connection, summed, *span, today, credited)
    rows = connection.execute(
        select(shop, region.c.name_kk, region.c.name_ru, region.c.name_en)
        .join(region, region.c.region_code == shop.c.region_code)
        .where(of_page)
        .order_by(shop.c.region_code, shop.c.name, shop.c.shop_id)
    )
    lines = [
        {
            **row._mapping,
            "earned": each.get(row.shop_id, _NOTHING),
            "qr": qr.get(row.shop_id, _NO_QR),
        }
        for row in rows
    ]
    all_earned = sum(each.values(), Earned()) if are_few else earned(connection, picked.seen, *span)
    return lines, all_earned
