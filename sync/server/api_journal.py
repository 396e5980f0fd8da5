"""The route that journals come in by.

Bodies are taken raw and decoded by msgspec: on one worker, 200 sales a request, that served seven
times as many requests a second as models checked by the framework (docs/ARCHITECTURE.md). The
event loop only receives and answers; reading and checking is done in its threads, writing by the
one thread of :mod:`sync.server.intake`.
"""

from __future__ import annotations

import asyncio

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import WireError
from sync import wire
from sync.server import access, bodies, known, shut_out
from sync.server.arrivals import Arrival, checked
from sync.server.openapi import answers, takes
from sync.server.problems import ProblemError
from sync.server.store import Store

router = APIRouter()


@router.post(
    "/journal",
    tags=["kiosk"],
    summary="Entries of one epoch without a gap; answered after the commit",
    openapi_extra=takes(wire.Batch),
    responses=answers(wire.Ack),
)
async def post_journal(request: Request) -> Response:
    """Takes entries in exactly once; may be gzipped. 409 and 422 keep what they refuse."""
    state = request.app.state
    token, now_ms = access.bearer(request.headers.get("authorization")), state.settings.now_ms()
    body = await bodies.receive_body(request, wire.BATCH_SIZE_BYTES_MAX)
    found = await run_in_threadpool(_read, state.store, token, body, now_ms)
    if not isinstance(found, Arrival):
        request.state.batch = ("known", 0)
        return _answer(found)
    request.state.batch = ("new", len(found.entries))
    outcome = await asyncio.wrap_future(state.intake.take_in(found))
    if isinstance(outcome, ProblemError):
        raise outcome
    return _answer(outcome)


def _answer(ack: wire.Ack) -> Response:
    return Response(msgspec.json.encode(ack), media_type=wire.JSON_TYPE)


def _read(store: Store, token: str, body: bodies.Body, now_ms: int) -> wire.Ack | Arrival:
    """The answer to what is here already; anything else is checked, to be taken in."""

    def work(connection: Connection) -> tuple[known.Sender, bytes, known.Glance, bool]:
        # Who is calling comes first: a stranger's message is not even read.
        sender = known.sender_of(connection, token)
        data = body.unpacked()
        sent = bodies.decoded(data, known.GLANCE_DECODER)
        return sender, data, sent, known.is_held(connection, sender, sent)

    # Entries that are here stay: no transaction is needed to look for them.
    sender, data, sent, is_held = store.glance(work)
    is_shut_out = sender.caller.status in access.SHUT_OUT
    if is_held and not is_shut_out:
        return known.acknowledge(store, sender, sent, now_ms)
    batch = bodies.decoded(data, bodies.BATCH_DECODER)
    try:
        entries = wire.stored_entries(batch)
    except WireError as error:
        raise ProblemError("bad_message", str(error)) from error
    key, public_key = sender.key, sender.public_key
    if is_shut_out:
        status = sender.caller.status
        raise shut_out.keep(store, key, public_key, entries, now_ms, status).answer
    if (batch.kiosk_id, batch.epoch) != (key.kiosk_id, key.epoch):
        earlier = store.read(
            lambda connection: access.epoch_of(
                connection, sender.caller, batch.kiosk_id, batch.epoch
            )
        )
        key, public_key = earlier.key, earlier.public_key
    return checked(store, key, public_key, entries, head_seq=batch.head_seq, now_ms=now_ms)
