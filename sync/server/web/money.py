"""The money's way from the box to the cause: earned, cash on its way, the book to take home."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlalchemy import ColumnElement, Connection, select
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError, MoneyError
from kiosk.domain.ledger import day_of
from kiosk.domain.money import parse_tenge
from sync.server.accounts.roles import Person
from sync.server.money import ledger, spending, taken
from sync.server.money.earned import Earned, earned_by_shop
from sync.server.money.qr import QrSums, qr_by_shop
from sync.server.money.spending import Kind
from sync.server.schema import region, shop
from sync.server.texts import translations
from sync.server.web import money_bank, money_shop
from sync.server.web.guard import Change, Changer, Reader
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
    request: Request, person: Reader, since: SinceDay = None, until: UntilDay = None
) -> Response:
    """What was earned, what is on its way, what needs a person."""
    return _money_page(request, person, days_of(day_of(now_ms(request)), since, until))


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
    try:
        await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(_money_page, request, what.person, days, trouble=str(error))
    return RedirectResponse(f"/money?{days.query}#cash", 303)


def _money_page(request: Request, person: Person, days: Days, *, trouble: str = "") -> Response:
    shops, at_ms = person.scope.shops(), now_ms(request)
    caught_up(request, shops)

    def work(connection: Connection) -> dict[str, Any]:
        span = (days.since, days.until)
        each = earned_by_shop(connection, shops, *span)
        qr = qr_by_shop(connection, shops, *span, day_of(at_ms))
        return {
            "shops": _shops(connection, shops, each, qr),
            "earned": sum(each.values(), Earned()),
            "qr": sum(qr.values(), QrSums()),
            "cash": taken.listed(connection, shops, *span, at_ms),
            "waiting_tenge": taken.waiting_tenge(connection, shops),
            "payouts": spending.listed(connection, Kind.PAYOUT, shops, *span, PAYOUTS_SHOWN),
        }

    return page(
        request,
        "money.html",
        status=422 if trouble else 200,
        trouble=trouble,
        days=days,
        **store_of(request).read(work),
    )


def _shops(
    connection: Connection,
    shops: ColumnElement[bool],
    each: dict[int, Earned],
    qr: dict[int, QrSums],
) -> list[dict[str, Any]]:
    """Every shop with its sums, also those where nothing happened."""
    rows = connection.execute(
        select(shop, region.c.name_kk, region.c.name_ru, region.c.name_en)
        .join(region, region.c.region_code == shop.c.region_code)
        .where(shops)
        .order_by(shop.c.region_code, shop.c.name)
    ).all()
    nothing, no_qr = Earned(), QrSums()
    return [
        {
            **row._asdict(),
            "earned": each.get(row.shop_id, nothing),
            "qr": qr.get(row.shop_id, no_qr),
        }
        for row in rows
    ]
