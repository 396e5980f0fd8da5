"""Shops: a new one, and one whose words are put right."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError
from sync.server.accounts import audit
from sync.server.accounts.roles import Person, shop_for
from sync.server.kiosks import shops
from sync.server.problems import ProblemError
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.kiosks_common import is_office, regions_of, require_office
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

FIELDS = ("slug", "name", "cause", "region_code")


@router.get("/kiosks/shops/new")
def get_new(request: Request, person: Reader) -> Response:
    """A form for a new shop."""
    return _form(request, person, dict.fromkeys(FIELDS, ""))


@router.post("/kiosks/shops/new")
async def post_new(request: Request, what: Changer) -> Response:
    """Adds a shop in a region that this person looks after."""
    person, at_ms = what.person, now_ms(request)
    require_office(person)
    given = _given(what)
    _require_region(person, given["region_code"])

    def work(connection: Connection) -> None:
        shop_id = shops.add(connection, now_ms=at_ms, **given)
        audit.note(
            connection,
            person,
            "shop.add",
            given["slug"],
            now_ms=at_ms,
            region_code=given["region_code"],
            shop_id=shop_id,
            name=given["name"],
            cause=given["cause"],
        )

    try:
        await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(_form, request, person, given, trouble=str(error))
    return RedirectResponse(f"/kiosks/enrol?shop={given['slug']}", 303)


@router.get("/kiosks/shops/{slug}")
def get_edit(request: Request, person: Reader, slug: str) -> Response:
    """A shop's words, to be put right."""
    place = store_of(request).read(lambda connection: shop_for(connection, person.scope, slug))
    return _form(request, person, dict(place._mapping), slug=place.slug)


@router.post("/kiosks/shops/{slug}")
async def post_edit(request: Request, slug: str, what: Changer) -> Response:
    """Puts a shop's words right."""
    person, at_ms = what.person, now_ms(request)
    require_office(person)
    given = _given(what) | {"slug": slug}

    def work(connection: Connection) -> str:
        place = shop_for(connection, person.scope, slug)
        _require_region(person, given["region_code"])
        words = {key: given[key] for key in ("name", "region_code", "cause")}
        before = shops.edit(connection, place.shop_id, **words)
        if before:
            audit.note(
                connection,
                person,
                "shop.edit",
                place.slug,
                now_ms=at_ms,
                region_code=given["region_code"],
                shop_id=place.shop_id,
                before=before,
                after={key: words[key] for key in before},
            )
        return str(place.slug)

    try:
        found = await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(_form, request, person, given, slug=slug, trouble=str(error))
    return RedirectResponse(f"/shops/{found}", 303)


def _given(what: Change) -> dict[str, str]:
    return {field: what.text(field) for field in FIELDS}


def _form(
    request: Request, person: Person, given: dict[str, Any], *, slug: str = "", trouble: str = ""
) -> Response:
    regions = store_of(request).read(lambda connection: regions_of(connection, person.scope))
    return page(
        request,
        "kiosks_shop.html",
        status=422 if trouble else 200,
        given=given,
        slug=slug,
        regions=regions,
        is_office=is_office(person),
        trouble=trouble,
    )


def _require_region(person: Person, region_code: str) -> None:
    if not person.scope.holds(region_code, None):
        raise ProblemError("forbidden", "This region belongs to another office.")
