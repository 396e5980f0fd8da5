"""What is set on kiosks from afar: a shop's page, and the defaults of its region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool

from kiosk.domain.remote_settings import BY_KEY, SETTINGS, Setting
from sync.server.accounts.roles import Person, Scope, shop_for
from sync.server.kiosk_settings import publishing, values
from sync.server.kiosk_settings.values import Place
from sync.server.problems import ProblemError
from sync.server.schema import region
from sync.server.web import settings_forms as forms
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.page import now_ms, page, store_of
from sync.server.web.settings_view import region_view, shop_view
from sync.server.web.settings_volunteers import router as volunteers_router

router = APIRouter(include_in_schema=False)
router.include_router(volunteers_router)

PlaceOf = Callable[[Connection, Scope], Place]


class Wanted(NamedTuple):
    """What a form says: values by key, and the settings whose fields do not fit."""

    values: dict[str, Any]
    misfits: frozenset[str]


@router.get("/shops/{slug}/settings")
def get_shop_settings(request: Request, person: Reader, slug: str) -> Response:
    """What is set on a shop's kiosks, who comes in, which kiosk has what."""
    view = store_of(request).read(
        lambda connection: shop_view(connection, person, _of_shop(slug)(connection, person.scope))
    )
    return page(request, "settings.html", **view)


@router.post("/shops/{slug}/settings")
async def post_shop_settings(request: Request, what: Changer, slug: str) -> Response:
    """Sets what the form says for one shop."""
    return await run_in_threadpool(_change, request, what, _of_shop(slug), shop_view)


@router.get("/regions/{code}/settings")
def get_region_settings(request: Request, person: Reader, code: str) -> Response:
    """What is set for all shops of a region that do not say otherwise."""
    view = store_of(request).read(
        lambda connection: region_view(
            connection, person, _of_region(code)(connection, person.scope)
        )
    )
    return page(request, "settings.html", **view)


@router.post("/regions/{code}/settings")
async def post_region_settings(request: Request, what: Changer, code: str) -> Response:
    """Sets what the form says for a region."""
    return await run_in_threadpool(_change, request, what, _of_region(code), region_view)


def _change(
    request: Request,
    what: Change,
    place_of: PlaceOf,
    view_of: Callable[[Connection, Person, Place], dict[str, Any]],
) -> Response:
    store, at_ms = store_of(request), now_ms(request)
    key = what.text("reset")
    wanted = Wanted({key: None}, frozenset()) if key in BY_KEY else _wanted(what)

    def work(connection: Connection) -> str:
        place = place_of(connection, what.person.scope)
        shop_ids = values.lock(connection, place)
        seen = values.seen_mark(values.held_at(connection, place))
        if key not in BY_KEY and what.text("seen") != seen:
            return "outdated"
        values.change(connection, what.person, place, wanted.values, at_ms)
        publishing.publish(connection, shop_ids, at_ms)
        return ""

    trouble = "misfit" if wanted.misfits else store.write(work)
    if not trouble:
        return RedirectResponse(request.url.path, 303)
    view = store.read(
        lambda connection: view_of(connection, what.person, place_of(connection, what.person.scope))
    )
    if trouble == "misfit":
        for row in view["rows"]:
            if row["may"]:
                row["fields"] = forms.typed(row["setting"], what)
            row["is_misfit"] = row["setting"].key in wanted.misfits
        view["seen"] = what.text("seen")
    return page(request, "settings.html", status=422, **{**view, "trouble": trouble})


def _wanted(what: Change) -> Wanted:
    found, misfits = {}, set()
    for setting in SETTINGS:
        if not _is_asked(what, setting):
            continue
        try:
            found[setting.key] = forms.read(setting, what)
        except forms.MisfitError:
            misfits.add(setting.key)
    return Wanted(found, frozenset(misfits))


def _is_asked(what: Change, setting: Setting) -> bool:
    """Boxes that are not ticked are not sent; so what may be set counts as asked, empty or not."""
    return values.may_set(what.person, setting) or forms.stands_in(setting, what)


def _of_shop(slug: str) -> PlaceOf:
    def find(connection: Connection, scope: Scope) -> Place:
        row: Any = shop_for(connection, scope, slug)
        return Place(row.region_code, row.shop_id)

    return find


def _of_region(code: str) -> PlaceOf:
    def find(connection: Connection, scope: Scope) -> Place:
        known = select(region.c.region_code).where(region.c.region_code == code)
        is_plain = code.isascii() and code.isdigit()
        if not is_plain or not scope.holds(code, None) or not connection.scalar(known):
            raise ProblemError("not_found", "There is no such region here.")
        return Place(code)

    return find
