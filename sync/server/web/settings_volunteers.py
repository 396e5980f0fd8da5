"""Volunteers' PINs: issued here, shown once, and taken back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.remote_values import RemoteVolunteer
from sync.server.accounts.roles import shop_for
from sync.server.kiosk_settings import publishing, values, volunteers
from sync.server.kiosk_settings.values import Place
from sync.server.kiosk_settings.volunteers import PinTroubleError
from sync.server.problems import ProblemError
from sync.server.web.guard import Change, Changer
from sync.server.web.page import now_ms, page, store_of
from sync.server.web.settings_view import shop_view

router = APIRouter(include_in_schema=False)

DRAWS_MAX = 20


@router.post("/shops/{slug}/settings/volunteers")
async def post_volunteer(request: Request, what: Changer, slug: str) -> Response:
    """Lets somebody in; the answer is the only page that ever shows the PIN."""
    return await run_in_threadpool(_issue, request, what, slug)


@router.post("/shops/{slug}/settings/volunteers/{volunteer_id}")
async def post_volunteer_change(
    request: Request, what: Changer, slug: str, volunteer_id: str
) -> Response:
    """Another PIN (``do=pin``), or none any more (``do=revoke``)."""
    if volunteers.ID.fullmatch(volunteer_id) is None:
        raise ProblemError("not_found", "There is no such volunteer here.")
    match what.text("do"):
        case "pin":
            return await run_in_threadpool(_change_pin, request, what, slug, volunteer_id)
        case "revoke":
            return await run_in_threadpool(_revoke, request, what, slug, volunteer_id)
    raise ProblemError("not_found", "There is nothing of that kind to do here.")


def _issue(request: Request, what: Change, slug: str) -> Response:
    at_ms, volunteer_id = now_ms(request), what.text("volunteer_id")
    if volunteers.ID.fullmatch(volunteer_id) is None:
        volunteer_id = volunteers.new_id()
    try:
        name = volunteers.clean_name(what.text("name"))
        pin = _usable_pin(request, what, slug, what.text("pin"), volunteer_id)
        one = RemoteVolunteer(volunteer_id, name, volunteers.hashed(pin))

        def work(connection: Connection) -> bool:
            place = _locked(connection, what, slug)
            is_new = volunteers.issue(connection, what.person, place, one, at_ms)
            publishing.publish(connection, [place.shop_id], at_ms)
            return is_new

        if not store_of(request).write(work):  # the page was loaded again: shown once is once
            return _back(slug)
    except PinTroubleError as error:
        return _page(
            request, what, slug, pin_trouble=error.trouble.value, typed_name=what.text("name")
        )
    return _page(request, what, slug, issued={"name": name, "pin": pin})


def _change_pin(request: Request, what: Change, slug: str, volunteer_id: str) -> Response:
    at_ms = now_ms(request)
    try:
        pin = _usable_pin(request, what, slug, "", volunteer_id)
    except PinTroubleError as error:
        return _page(request, what, slug, pin_trouble=error.trouble.value)
    pin_hash = volunteers.hashed(pin)

    def work(connection: Connection) -> str:
        place = _locked(connection, what, slug)
        volunteers.change_pin(connection, what.person, place, volunteer_id, pin_hash, at_ms)
        publishing.publish(connection, [place.shop_id], at_ms)
        return next(
            one.name
            for one in volunteers.let_in(connection, place.shop_id)
            if one.volunteer_id == volunteer_id
        )

    name = store_of(request).write(work)
    return _page(request, what, slug, issued={"name": name, "pin": pin})


def _revoke(request: Request, what: Change, slug: str, volunteer_id: str) -> Response:
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        place = _locked(connection, what, slug)
        volunteers.revoke(connection, what.person, place, volunteer_id, at_ms)
        publishing.publish(connection, [place.shop_id], at_ms)

    store_of(request).write(work)
    return _back(slug)


def _usable_pin(request: Request, what: Change, slug: str, wish: str, volunteer_id: str) -> str:
    """The PIN that was typed, or one drawn; no other volunteer of the shop has it.

    Raises:
        PinTroubleError: the typed one cannot be used.
    """
    others = store_of(request).read(
        lambda connection: volunteers.let_in(connection, _place(connection, what, slug).shop_id)
    )
    if wish:
        volunteers.require_usable(others, wish, for_id=volunteer_id)
        return wish
    for _ in range(DRAWS_MAX):
        pin = volunteers.drawn_pin()
        try:
            # With a known id too: a new PIN is another one than before.
            volunteers.require_usable(others, pin, for_id="")
        except PinTroubleError:
            continue
        return pin
    raise PinTroubleError(volunteers.PinTrouble.PIN)


def _place(connection: Connection, what: Change, slug: str) -> Place:
    row: Any = shop_for(connection, what.person.scope, slug)
    return Place(row.region_code, row.shop_id)


def _locked(connection: Connection, what: Change, slug: str) -> Place:
    place = _place(connection, what, slug)
    values.lock(connection, place)
    return place


def _page(request: Request, what: Change, slug: str, **more: Any) -> Response:
    view = store_of(request).read(
        lambda connection: shop_view(connection, what.person, _place(connection, what, slug))
    )
    status = 422 if "pin_trouble" in more else 200
    return page(request, "settings.html", status=status, **{**view, **more})


def _back(slug: str) -> Response:
    return RedirectResponse(f"/shops/{slug}/settings#volunteers", 303)
