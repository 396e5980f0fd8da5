"""The routes that kiosks and coordinators' programs use.

Bodies are taken raw and decoded by msgspec: on one worker, 200 sales a request, that served seven
times as many requests a second as models checked by the framework (docs/ARCHITECTURE.md). The
OpenAPI page gets the schemas from the same structs.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection, select, update
from starlette.concurrency import run_in_threadpool

from sync import wire
from sync.server import access, api_journal, bodies, goods, shut_out, suggestions
from sync.server.catalogues import campaigns, delivery
from sync.server.enrolment import enrol, note_software
from sync.server.marks import EpochKey
from sync.server.openapi import answers, takes
from sync.server.problems import ProblemError
from sync.server.schema import kiosk_epoch, watermark
from sync.server.server_key import server_key
from sync.server.settings import Settings
from sync.server.store import Store

router = APIRouter(prefix=wire.API)
router.include_router(api_journal.router)
router.include_router(goods.router)


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
def get_mark(request: Request, have: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> Response:
    """A kiosk asks this at each session, so that a restored server gets everything again.

    ``have`` is the catalogue version that it has.
    """
    token, now_ms = _token(request), _now_ms(request)
    software = request.headers.get("user-agent", "")

    def work(connection: Connection) -> wire.Mark:
        caller = access.kiosk_that_tells(connection, token)
        if caller.status in access.SHUT_OUT:
            key = EpochKey(caller.shop_id, caller.kiosk_id, caller.epoch)
            raise shut_out.refusal(connection, key, caller.status)
        _seen(connection, caller, now_ms)
        note_software(connection, caller.kiosk_id, software)
        delivery.note_version(connection, caller, have, now_ms)
        version = delivery.version_for(connection, caller)
        tag = campaigns.document_for(connection, caller.shop_id, now_ms).tag
        return wire.Mark(caller.kiosk_id, _marks(connection, caller), version, now_ms, tag)

    return _json(_store(request).write(work))


@router.get(
    "/catalogue",
    tags=["kiosk"],
    summary="The newest catalogue; 304 when If-None-Match names it",
    responses=answers(wire.CatalogueDocument),
)
def get_catalogue(request: Request) -> Response:
    """The exact bytes made for the caller's shop, the version as ETag, the centre's signature."""
    token, store = _token(request), _store(request)
    key = server_key(store)

    def work(connection: Connection) -> delivery.Delivery | None:
        return delivery.document_for(connection, key, access.kiosk_of(connection, token))

    found = store.read(work)
    if found is None:
        raise ProblemError("not_found", "There is no catalogue yet.")
    headers = {
        "ETag": f'"{found.version}"',
        "Cache-Control": "no-cache",
        wire.SIGNATURE_HEADER: wire.to_base64(found.signature),
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.document, media_type=wire.JSON_TYPE, headers=headers)


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
        caller = access.kiosk_that_sends(connection, token)
        message = bodies.decoded(body, bodies.SUGGESTION_DECODER)
        suggestions.keep(connection, caller, message, now_ms)
        return wire.Received(message.suggestion_id, now_ms)

    return _json(await run_in_threadpool(_store(request).write, work))


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
