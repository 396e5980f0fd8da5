"""One-time codes: made and shown once, large and as a picture; taken back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from sync.server.accounts import audit
from sync.server.accounts.roles import Person, shop_for
from sync.server.kiosks import codes, standing
from sync.server.problems import ProblemError
from sync.server.schema import kiosk
from sync.server.web.guard import Changer, Reader, Visitor
from sync.server.web.kiosks_common import base_url, is_office, shops_of
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)


@router.get("/enrol")
def get_enrol_link(request: Request, _person: Visitor) -> Response:
    """Where a telephone lands that reads a kiosk's picture: it says what the picture is for."""
    return page(request, "kiosks_link.html", address=base_url(request))


@router.get("/kiosks/enrol")
def get_enrol(request: Request, person: Reader, shop: str = "") -> Response:
    """A form for a new code."""
    found = store_of(request).read(lambda connection: shops_of(connection, person.scope))
    return page(
        request,
        "kiosks_enrol.html",
        shops=found,
        chosen=shop,
        trouble="",
        is_office=is_office(person),
    )


@router.post("/kiosks/enrol")
async def post_enrol(request: Request, what: Changer) -> Response:
    """Makes a code for a shop, or for one kiosk that this centre lost."""
    person, at_ms = what.person, now_ms(request)
    slug, kiosk_id = what.text("shop"), what.text("kiosk_id").lower()
    # A shop's lead asks; somebody at the office looks.
    is_approved = is_office(person) and what.text("first") != "look"

    def work(connection: Connection) -> dict[str, Any] | None:
        place = shop_for(connection, person.scope, slug)
        if kiosk_id and not (
            codes.is_kiosk_id(kiosk_id) and _may_name(connection, person, kiosk_id)
        ):
            return None
        made = codes.make(
            connection,
            place.shop_id,
            auto_approve=is_approved,
            now_ms=at_ms,
            kiosk_id=kiosk_id or None,
            account_id=person.account_id,
        )
        audit.note(
            connection,
            person,
            "kiosk.code",
            place.slug,
            now_ms=at_ms,
            region_code=place.region_code,
            shop_id=place.shop_id,
            code=made.code_id,
            kiosk=kiosk_id or None,
            approves=is_approved,
        )
        return {"made": made, "shop": place}

    found = await run_in_threadpool(store_of(request).write, work)
    if found is None:
        shops = await run_in_threadpool(
            store_of(request).read, lambda connection: shops_of(connection, person.scope)
        )
        return page(
            request,
            "kiosks_enrol.html",
            status=422,
            shops=shops,
            chosen=slug,
            trouble="number",
            is_office=is_office(person),
        )
    return _shown_once(request, approves=is_approved, old="", **found)


@router.post("/kiosks/codes/{code_id}/take-back")
async def post_take_back(request: Request, code_id: str, what: Changer) -> Response:
    """Makes an open code useless."""
    person, at_ms = what.person, now_ms(request)

    def work(connection: Connection) -> None:
        code = codes.take_back(connection, person.scope, code_id, at_ms)
        audit.note(
            connection,
            person,
            "kiosk.code_back",
            code.slug,
            now_ms=at_ms,
            region_code=code.region_code,
            shop_id=code.shop_id,
            code=code.code_id,
        )

    await run_in_threadpool(store_of(request).write, work)
    return RedirectResponse("/kiosks#codes", 303)


@router.post("/kiosks/{kiosk_id}/replace")
async def post_replace(request: Request, kiosk_id: str, what: Changer) -> Response:
    """A code for the machine in a kiosk's place, or for the same one coming again."""
    person, at_ms = what.person, now_ms(request)
    is_approved = is_office(person)

    def work(connection: Connection) -> dict[str, Any]:
        old = standing.standing(connection, person.scope, kiosk_id)
        made = codes.make(
            connection,
            old.shop_id,
            auto_approve=is_approved,
            now_ms=at_ms,
            kiosk_id=kiosk_id,
            account_id=person.account_id,
        )
        audit.note(
            connection,
            person,
            "kiosk.replace",
            kiosk_id,
            now_ms=at_ms,
            region_code=old.region_code,
            shop_id=old.shop_id,
            code=made.code_id,
        )
        return {"made": made, "shop": shop_for(connection, person.scope, old.slug)}

    found = await run_in_threadpool(store_of(request).write, work)
    return _shown_once(request, approves=is_approved, old=kiosk_id, **found)


def _may_name(connection: Connection, person: Person, kiosk_id: str) -> bool:
    """Whether a code may be made for that kiosk: one within scope, or one that is not known here.

    Somebody else's kiosk looks like a number that was typed wrong.
    """
    known = connection.execute(kiosk.select().where(kiosk.c.kiosk_id == kiosk_id)).one_or_none()
    if known is None:
        return True
    try:
        standing.standing(connection, person.scope, kiosk_id)
    except ProblemError:
        return False
    return True


def _shown_once(
    request: Request, *, made: codes.MadeCode, shop: Any, approves: bool, old: str
) -> Response:
    address = base_url(request)
    return page(
        request,
        "kiosks_code.html",
        made=made,
        shop=shop,
        approves=approves,
        old=old,
        address=address,
        picture=codes.picture_of(codes.link_of(address, made.code)),
        minutes=codes.LIFETIME_MS // 60_000,
    )
