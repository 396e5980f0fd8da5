"""A kiosk's entries in quarantine, and what is decided about them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from sync.server.accounts import audit
from sync.server.accounts.roles import Person
from sync.server.kiosks import aside, decisions, standing
from sync.server.web.guard import Changer, Reader
from sync.server.web.kiosks_common import number_of
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)


@router.get("/kiosks/{kiosk_id}/quarantine")
def get_quarantine(
    request: Request, person: Reader, kiosk_id: str, show: str = "", page: str = ""
) -> Response:
    """What came and does not fit; open ones, or those somebody decided about."""
    which = aside.DECIDED if show == aside.DECIDED else aside.OPEN
    return _page(request, person, kiosk_id, which, number_of(page) or 1)


@router.post("/kiosks/{kiosk_id}/quarantine")
async def post_quarantine(request: Request, kiosk_id: str, what: Changer) -> Response:
    """Writes a decision beside the chosen entries; the entries stay as they are."""
    person, at_ms = what.person, now_ms(request)
    decision, note = what.text("decision"), what.text("note").replace("\0", "")
    chosen = what.texts("entry")
    trouble = ""
    if not chosen or decision not in decisions.DECISIONS:
        trouble = "nothing"
    elif not note or len(note) > decisions.NOTE_LENGTH_MAX:
        trouble = "note"
    if trouble:
        return await run_in_threadpool(
            _page, request, person, kiosk_id, aside.OPEN, 1, trouble=trouble, note=note
        )

    def work(connection: Connection) -> None:
        now = standing.standing(connection, person.scope, kiosk_id)
        done = decisions.decide(
            connection,
            person.scope,
            now.kiosk_id,
            chosen,
            decision=decision,
            note=note,
            account_id=person.account_id,
            now_ms=at_ms,
        )
        for shop_id, count in done.items():
            audit.note(
                connection,
                person,
                f"quarantine.{decision}",
                kiosk_id,
                now_ms=at_ms,
                shop_id=shop_id,
                entries=count,
                note=note,
            )

    await run_in_threadpool(store_of(request).write, work)
    return RedirectResponse(f"/kiosks/{kiosk_id}/quarantine", 303)


def _page(
    request: Request,
    person: Person,
    kiosk_id: str,
    which: str,
    number: int,
    *,
    trouble: str = "",
    note: str = "",
) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        now = standing.standing(connection, person.scope, kiosk_id)
        return {
            "kiosk": now,
            "shown": aside.aside_page(connection, person.scope, now.kiosk_id, which, number),
        }

    return page(
        request,
        "kiosks_aside.html",
        status=422 if trouble else 200,
        which=which,
        trouble=trouble,
        note=note,
        **store_of(request).read(work),
    )
