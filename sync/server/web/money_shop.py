"""One shop's money: claims against credits by day, payouts, costs and their papers."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError
from kiosk.domain.ledger import day_of
from sync.server.accounts.roles import Person, shop_for
from sync.server.money import documents, reconcile, spending
from sync.server.money.claims import open_claims
from sync.server.money.earned import earned
from sync.server.money.qr import QrSums, qr_by_day
from sync.server.money.spending import Kind
from sync.server.problems import ProblemError
from sync.server.schema import shop
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.money_common import (
    NUMBER_MAX,
    Days,
    HexId,
    SinceDay,
    UntilDay,
    caught_up,
    days_of,
    form_days,
    plain,
    shop_id_of,
)
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

CLAIMS_SHOWN = 300
LINES_SHOWN = 300


@router.get("/money/shop/{slug}")
def get_shop(
    request: Request, slug: str, person: Reader, since: SinceDay = None, until: UntilDay = None
) -> Response:
    """A shop's days, what is open between its sales and the bank, and what was spent."""
    return _shop_page(request, person, slug, days_of(day_of(now_ms(request)), since, until))


@router.post("/money/shop/{slug}/spend")
async def post_spend(request: Request, slug: str, what: Changer) -> Response:
    """A payout to the cause, or a cost that the kiosk does not know of."""
    at_ms = now_ms(request)
    document = await what.content("document", documents.SIZE_BYTES_MAX)

    def work(connection: Connection) -> None:
        shop_id = shop_id_of(connection, what.person, slug)
        given = spending.spent(
            _kind(what.text("kind")),
            day=what.text("day"),
            amount=what.text("amount"),
            words=plain(what.text("words")),
            document=document,
            now_ms=at_ms,
        )
        spending.add(
            connection, what.person, shop_id, given, form_id=what.text("form_id"), now_ms=at_ms
        )

    return await _changed(request, what, slug, work)


@router.post("/money/shop/{slug}/spent/{kind}/{spent_id}/undo")
async def post_spend_undo(
    request: Request, slug: str, kind: str, spent_id: HexId, what: Changer
) -> Response:
    """It was entered by mistake."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        shop_id = shop_id_of(connection, what.person, slug)
        spending.take_back(connection, what.person, shop_id, _kind(kind), spent_id, at_ms)

    return await _changed(request, what, slug, work)


@router.get("/money/shop/{slug}/document/{document_id}")
def get_document(request: Request, slug: str, document_id: HexId, person: Reader) -> Response:
    """A paper, to be stored and opened elsewhere: never shown as a page of ours."""

    def work(connection: Connection) -> Any:
        return documents.found(connection, shop_id_of(connection, person, slug), document_id)

    row = store_of(request).read(work)
    name = f"{document_id[:8]}.{documents.ENDINGS[row.media_type]}"
    return Response(
        row.content,
        media_type=row.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


@router.post("/money/shop/{slug}/lines/{fingerprint}")
async def post_line(request: Request, slug: str, fingerprint: HexId, what: Changer) -> Response:
    """A person says what a credit paid, takes a match apart, or sets the credit aside."""
    at_ms, person, key = now_ms(request), what.person, bytes.fromhex(fingerprint)

    def work(connection: Connection) -> None:
        shop_id = shop_id_of(connection, person, slug)
        if what.text("do") == "match":
            claim = _claim_key(what.text("claim"))
            reconcile.match_by_hand(connection, person, shop_id, key, claim, at_ms)
        else:
            reconcile.decide(connection, person, shop_id, key, what.text("do"), at_ms)

    return await _changed(request, what, slug, work)


@router.post("/money/shop/{slug}/rematch")
async def post_rematch(request: Request, slug: str, what: Changer) -> Response:
    """Tries again what is open: journals may have come since."""
    at_ms, days = now_ms(request), form_days(request, what)

    def work(connection: Connection) -> None:
        shop_id = shop_id_of(connection, what.person, slug)
        count = reconcile.rematch(connection, shop_id, days.since, at_ms)
        if count:
            reconcile.note_rematch(connection, what.person, shop_id, slug, count, at_ms)

    return await _changed(request, what, slug, work)


async def _changed(
    request: Request, what: Change, slug: str, work: Callable[[Connection], None]
) -> Response:
    days = form_days(request, what)
    try:
        await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(
            _shop_page, request, what.person, slug, days, trouble=str(error)
        )
    return RedirectResponse(f"/money/shop/{slug}?{days.query}", 303)


def _shop_page(
    request: Request, person: Person, slug: str, days: Days, *, trouble: str = ""
) -> Response:
    row = store_of(request).read(
        lambda connection: (
            shop_id_of(connection, person, slug),
            shop_for(connection, person.scope, slug),
        )
    )
    shop_id, found = row
    mine = shop.c.shop_id == shop_id
    caught_up(request, mine)

    def work(connection: Connection) -> dict[str, Any]:
        span = (days.since, days.until)
        by_day = qr_by_day(connection, shop_id, *span)
        return {
            "earned": earned(connection, mine, *span),
            "qr": sum(by_day.values(), QrSums()),
            "by_day": sorted(by_day.items(), reverse=True),
            "lines": reconcile.lines_of(connection, shop_id, *span)[:LINES_SHOWN],
            "claims": open_claims(connection, shop_id, *span)[:CLAIMS_SHOWN],
            "payouts": spending.listed(connection, Kind.PAYOUT, mine, *span),
            "costs": spending.listed(connection, Kind.COST, mine, *span),
        }

    return page(
        request,
        "money_shop.html",
        status=422 if trouble else 200,
        trouble=trouble,
        shop=found,
        days=days,
        today=day_of(now_ms(request)),
        form_id=secrets.token_hex(16),
        **store_of(request).read(work),
    )


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError as error:
        raise ProblemError("bad_message", "That is neither a payout nor a cost.") from error


def _claim_key(text: str) -> tuple[str, int, int]:
    """``kiosk.epoch.seq`` → its parts."""
    kiosk_id, _, rest = text.partition(".")
    epoch, _, seq = rest.partition(".")
    if not (kiosk_id.isalnum() and epoch.isdecimal() and seq.isdecimal() and len(rest) < 40):
        raise ConfigError("claim")
    if max(int(epoch), int(seq)) > NUMBER_MAX:
        raise ConfigError("claim")
    return kiosk_id, int(epoch), int(seq)
