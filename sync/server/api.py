"""The routes that kiosks and coordinators' programs use.

Bodies are taken raw and decoded by msgspec: on one worker, 200 sales a request, that served seven
times as many requests a second as models checked by the framework (docs/ARCHITECTURE.md). The
OpenAPI page gets the schemas from the same structs.
"""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select, update
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import WireError
from sync import wire
from sync.server import access, bodies, catalogues, export, suggestions
from sync.server.enrolment import enrol
from sync.server.ingest import take_in
from sync.server.openapi import answers, takes
from sync.server.problems import ProblemError
from sync.server.schema import kiosk_epoch, watermark
from sync.server.settings import Settings
from sync.server.store import Store

router = APIRouter(prefix=wire.API)


def _json(message: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(message), media_type=wire.JSON_TYPE, headers=headers)


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _now_ms(request: Request) -> int:
    settings: Settings = request.app.state.settings
    return settings.now_ms()


def _token(request: Request) -> str:
    return access.bearer(request.headers.get("authorization"))


@router.post(
    "/enrol",
    tags=["kiosk"],
    summary="A kiosk asks to belong to a shop, with a one-time code and a proof of its key",
    # The code is what lets it in; there is no token yet.
    openapi_extra={**takes(wire.EnrolRequest), "security": []},
    responses=answers(wire.EnrolAnswer),
)
async def post_enrol(request: Request) -> Response:
    """Answers with the epoch that the key may write, and a token."""
    body = await bodies.read_body(request, wire.REQUEST_SIZE_BYTES_MAX)
    message = bodies.decoded(body, bodies.ENROL_DECODER)
    now_ms = _now_ms(request)

    def work(connection: Connection) -> wire.EnrolAnswer:
        return enrol(connection, message, now_ms)

    return _json(await run_in_threadpool(_store(request).write, work))


@router.get(
    "/mark",
    tags=["kiosk"],
    summary="How far the centre holds this kiosk's journal",
    responses=answers(wire.Mark),
)
def get_mark(request: Request) -> Response:
    """A kiosk asks this at each session, so that a restored server gets everything again."""
    token, now_ms = _token(request), _now_ms(request)

    def work(connection: Connection) -> wire.Mark:
        caller = access.kiosk_of(connection, token)
        _seen(connection, caller, now_ms)
        version = catalogues.current_version(connection)
        return wire.Mark(caller.kiosk_id, _marks(connection, caller), version, now_ms)

    return _json(_store(request).write(work))


@router.post(
    "/journal",
    tags=["kiosk"],
    summary="Entries of one epoch without a gap; answered after the commit",
    openapi_extra=takes(wire.Batch),
    responses=answers(wire.Ack),
)
async def post_journal(request: Request) -> Response:
    """Takes entries in exactly once; may be gzipped. 409 and 422 keep what they refuse."""
    token, now_ms = _token(request), _now_ms(request)
    body = await bodies.read_body(request, wire.BATCH_SIZE_BYTES_MAX)
    return await run_in_threadpool(_take_in, _store(request), token, body, now_ms)


def _take_in(store: Store, token: str, body: bytes, now_ms: int) -> Response:
    # Who is calling comes first: a stranger's message is not even read.
    caller = store.read(lambda connection: access.kiosk_of(connection, token))
    batch = bodies.decoded(body, bodies.BATCH_DECODER)
    try:
        entries = wire.stored_entries(batch)
    except WireError as error:
        raise ProblemError("bad_message", str(error)) from error
    epoch = store.read(
        lambda connection: access.epoch_of(connection, caller, batch.kiosk_id, batch.epoch)
    )
    ack = take_in(
        store, epoch.key, epoch.public_key, entries, head_seq=batch.head_seq, now_ms=now_ms
    )
    return _json(ack)


@router.get(
    "/catalogue",
    tags=["kiosk"],
    summary="The newest catalogue; 304 when If-None-Match names it",
    responses=answers(wire.CatalogueDocument),
)
def get_catalogue(request: Request) -> Response:
    """The exact bytes that were put there, with the version as ETag."""
    token = _token(request)

    def work(connection: Connection) -> tuple[int, bytes] | None:
        access.kiosk_of(connection, token)
        return catalogues.current_document(connection)

    found = _store(request).read(work)
    if found is None:
        raise ProblemError("not_found", "There is no catalogue yet.")
    version, document = found
    headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(document, media_type=wire.JSON_TYPE, headers=headers)


@router.post(
    "/suggestions",
    tags=["kiosk"],
    summary="What a shopper wrote, to be matched with its entry's salted hash",
    openapi_extra=takes(wire.SuggestionText),
    responses=answers(wire.Received),
)
async def post_suggestion(request: Request) -> Response:
    """Keeps the text beside the journal, where it can be deleted."""
    token, now_ms = _token(request), _now_ms(request)
    body = await bodies.read_body(request, wire.REQUEST_SIZE_BYTES_MAX)

    def work(connection: Connection) -> wire.Received:
        caller = access.kiosk_of(connection, token)
        message = bodies.decoded(body, bodies.SUGGESTION_DECODER)
        suggestions.keep(connection, caller, message, now_ms)
        return wire.Received(message.suggestion_id, now_ms)

    return _json(await run_in_threadpool(_store(request).write, work))


@router.get(
    "/sales",
    tags=["export"],
    summary="Sales as lines of JSON, page by page",
    responses=answers(export.SalesPage),
)
def get_sales(
    request: Request,
    since_day: str | None = None,
    since_seq: int | None = None,
    shop: str | None = None,
    cursor: str | None = None,
    limit: int = export.PAGE_ROWS_DEFAULT,
) -> Response:
    """Everything from a day (at UTC+5) or an entry number on; ``cursor`` continues a page."""
    query = export.query_of(since_day, since_seq, shop, cursor, limit)
    token = _token(request)

    def work(connection: Connection) -> export.SalesPage:
        access.require_reader(connection, token)
        return export.sales_page(connection, query)

    return _json(_store(request).read(work))


def _marks(connection: Connection, caller: access.Caller) -> list[wire.EpochMark]:
    rows = connection.execute(
        select(watermark.c.epoch, watermark.c.seq, watermark.c.head_hash)
        .join(
            kiosk_epoch,
            (kiosk_epoch.c.shop_id == watermark.c.shop_id)
            & (kiosk_epoch.c.kiosk_id == watermark.c.kiosk_id)
            & (kiosk_epoch.c.epoch == watermark.c.epoch),
        )
        .where(watermark.c.kiosk_id == caller.kiosk_id, watermark.c.epoch <= caller.epoch)
        .order_by(watermark.c.epoch)
    )
    return [wire.EpochMark(row.epoch, row.seq, row.head_hash.hex()) for row in rows]


def _seen(connection: Connection, caller: access.Caller, now_ms: int) -> None:
    connection.execute(
        update(watermark)
        .where(
            watermark.c.shop_id == caller.shop_id,
            watermark.c.kiosk_id == caller.kiosk_id,
            watermark.c.epoch == caller.epoch,
        )
        .values(last_seen_ms=now_ms)
    )
