"""Kiosks: all of them, one of them, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from sync.server.accounts import audit
from sync.server.accounts.roles import Person, Scope
from sync.server.kiosks import codes, history, listing, standing
from sync.server.problems import ProblemError
from sync.server.web import kiosks_aside, kiosks_codes, kiosks_shops
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.kiosks_common import is_office, number_of, regions_of, require_office
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)
# Before /kiosks/{kiosk_id}: their addresses are words.
for part in (kiosks_codes, kiosks_shops, kiosks_aside):
    router.include_router(part.router)

Step = Callable[[Connection, Scope, str], list[int]]


@router.get("/kiosks")
def get_kiosks(
    request: Request, person: Reader, region: str = "", state: str = "", q: str = "", page: str = ""
) -> Response:
    """Every kiosk within scope, one line each; codes that are still open."""
    wanted = listing.Wanted(
        region.replace("\0", ""),
        state if state in listing.STATES else "",
        q.strip()[:80],
        number_of(page) or 1,
    )
    return _list_page(request, person, wanted)


@router.get("/kiosks/{kiosk_id}")
def get_kiosk(request: Request, person: Reader, kiosk_id: str) -> Response:
    """One kiosk: how it is, its epochs, what may be done."""
    return _kiosk_page(request, person, kiosk_id, "kiosks_one.html")


@router.post("/kiosks/{kiosk_id}/approve")
async def post_approve(request: Request, kiosk_id: str, what: Changer) -> Response:
    """Lets a waiting kiosk in."""
    require_office(what.person)
    return await _step(request, what, kiosk_id, "kiosk.approve", standing.approve)


@router.post("/kiosks/{kiosk_id}/decline")
async def post_decline(request: Request, kiosk_id: str, what: Changer) -> Response:
    """Refuses a waiting kiosk; an earlier epoch of it stays as it is."""
    return await _step(request, what, kiosk_id, "kiosk.decline", standing.decline)


@router.post("/kiosks/{kiosk_id}/suspend")
async def post_suspend(request: Request, kiosk_id: str, what: Changer) -> Response:
    """Gives a kiosk nothing new; what it sends is still taken."""
    return await _step(request, what, kiosk_id, "kiosk.suspend", standing.suspend)


@router.post("/kiosks/{kiosk_id}/resume")
async def post_resume(request: Request, kiosk_id: str, what: Changer) -> Response:
    """A suspended kiosk is in use again."""
    require_office(what.person)
    return await _step(request, what, kiosk_id, "kiosk.resume", standing.resume)


@router.get("/kiosks/{kiosk_id}/revoke")
def get_revoke(request: Request, person: Reader, kiosk_id: str) -> Response:
    """Says what shutting out means before it is done."""
    return _kiosk_page(request, person, kiosk_id, "kiosks_revoke.html")


@router.post("/kiosks/{kiosk_id}/revoke")
async def post_revoke(request: Request, kiosk_id: str, what: Changer) -> Response:
    """Shuts a kiosk out, for somebody who saw the page that says what it means."""
    if what.text("sure") != "yes":
        return RedirectResponse(f"/kiosks/{kiosk_id}/revoke", 303)
    return await _step(request, what, kiosk_id, "kiosk.revoke", standing.revoke)


@router.get("/kiosks/{kiosk_id}/replace")
def get_replace(request: Request, person: Reader, kiosk_id: str) -> Response:
    """How a broken kiosk is replaced, step by step."""
    return _kiosk_page(request, person, kiosk_id, "kiosks_replace.html")


def _list_page(request: Request, person: Person, wanted: listing.Wanted) -> Response:
    at_ms = now_ms(request)

    def work(connection: Connection) -> dict[str, Any]:
        return {
            "shown": listing.kiosks_page(connection, person.scope, wanted, at_ms),
            "regions": regions_of(connection, person.scope),
            "codes": codes.open_codes(connection, person.scope, at_ms),
        }

    found = store_of(request).read(work)
    return page(
        request,
        "kiosks.html",
        wanted=wanted,
        states=listing.STATES,
        is_office=is_office(person),
        **found,
    )


def _kiosk_page(request: Request, person: Person, kiosk_id: str, template: str) -> Response:
    at_ms = now_ms(request)

    def work(connection: Connection) -> dict[str, Any]:
        now = standing.standing(connection, person.scope, kiosk_id)
        line = listing.line_of(connection, person.scope, kiosk_id, at_ms)
        if line is None:  # between two looks: it went away
            raise ProblemError("not_found", "There is no such kiosk here.")
        return {
            "kiosk": line,
            "health": history.health_of(connection, now.shop_id, kiosk_id, now.epoch, at_ms),
            "epochs": history.epochs_of(connection, person.scope, kiosk_id),
            "places": history.places_of(connection, person.scope, kiosk_id),
        }

    found = store_of(request).read(work)
    return page(request, template, is_office=is_office(person), **found)


async def _step(request: Request, what: Change, kiosk_id: str, action: str, step: Step) -> Response:
    """Does one step and notes it; done twice it is noted once."""
    person, at_ms = what.person, now_ms(request)
    reason = what.text("note")[:500]

    def work(connection: Connection) -> None:
        now = standing.standing(connection, person.scope, kiosk_id)
        epochs = step(connection, person.scope, kiosk_id)
        if epochs:
            audit.note(
                connection,
                person,
                action,
                kiosk_id,
                now_ms=at_ms,
                region_code=now.region_code,
                shop_id=now.shop_id,
                epochs=epochs,
                before=now.status,
                note=reason or None,
            )

    await run_in_threadpool(store_of(request).write, work)
    return RedirectResponse(f"/kiosks/{kiosk_id}", 303)
