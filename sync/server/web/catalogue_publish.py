"""What waits, what publishing would change, and which kiosk has which version."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, and_, select
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import CatalogueError
from sync.server.accounts.roles import Person
from sync.server.catalogues import publishing, who_has
from sync.server.catalogues.editing import Desk
from sync.server.catalogues.facts import Draft
from sync.server.catalogues.places import home_of, seen_by
from sync.server.picking import Picked, pick, wanted_of
from sync.server.schema import account, shop
from sync.server.schema.catalogue import catalogue_release
from sync.server.web.catalogue_frame import frame
from sync.server.web.guard import Changer, Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter()

RELEASES_SHOWN = 20
WAITING_SHOWN = 10
"""Of many shops; the others stand in their regions."""


@router.get("/catalogue/publish")
def get_publish(request: Request, person: Reader) -> Response:
    """What would change, for how many shops."""
    return _publish_page(request, person)


@router.post("/catalogue/publish")
async def post_publish(request: Request, what: Changer) -> Response:
    """Makes the next version of this person's shops."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> int:
        return publishing.publish(connection, what.person, at_ms)

    try:
        await run_in_threadpool(store_of(request).write, work)
    except CatalogueError as error:
        return await run_in_threadpool(_publish_page, request, what.person, str(error))
    return RedirectResponse("/catalogue/versions", 303)


@router.post("/catalogue/discard")
async def post_discard(request: Request, what: Changer) -> Response:
    """Forgets one change that waits, or all of them."""
    at_ms, one = now_ms(request), what.text("change")

    def work(connection: Connection) -> None:
        waiting = publishing.waiting_for(connection, what.person)
        chosen = [d for d in waiting if not one or _name(d) == one]
        Desk(connection, what.person, at_ms).discard((d.kind, d.key) for d in chosen)

    await run_in_threadpool(store_of(request).write, work)
    return RedirectResponse("/catalogue/publish", 303)


@router.get("/catalogue/versions")
def get_versions(
    request: Request,
    person: Reader,
    area: Annotated[str, Query(alias="region")] = "",
    q: str = "",
    number: Annotated[str, Query(alias="page")] = "",
) -> Response:
    """Which version the kiosks of this person's part have, and what was published when."""
    wanted = wanted_of(area, q, number)

    def work(connection: Connection) -> dict[str, Any]:
        picked = pick(connection, person.scope, wanted)
        releases = _releases(connection, person)
        return {
            **frame(connection, person, [one["shop_id"] for one in releases]),
            **_who_has(connection, picked),
            "picked": picked,
            "releases": releases,
        }

    found = store_of(request).read(work)
    return page(request, "catalogue_versions.html", wanted=wanted, **found)


def _publish_page(request: Request, person: Person, trouble: str = "") -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        waiting = publishing.waiting_for(connection, person)
        try:
            changes, wrong = publishing.differences(connection, person), trouble
        except CatalogueError as error:
            changes, wrong = [], str(error)
        return {
            **frame(connection, person, [draft.place.shop_id for draft in waiting]),
            "drafts": [(_name(draft), draft) for draft in waiting],
            "changes": changes,
            "trouble": wrong,
        }

    values = store_of(request).read(work)
    return page(
        request, "catalogue_publish.html", status=422 if values["trouble"] else 200, **values
    )


def _name(draft: Draft) -> str:
    return "|".join(
        (draft.kind, draft.place.region_code, str(draft.place.shop_id), draft.product_id)
    )


def _who_has(connection: Connection, picked: Picked) -> dict[str, Any]:
    """Of many shops their regions and who waits longest; of few every kiosk."""
    if picked.are_regions:
        return {
            "counts": who_has.by_region(connection, picked.seen),
            "kiosks": who_has.waiting_longest(connection, picked.seen, WAITING_SHOWN),
        }
    of_page = and_(picked.seen, shop.c.shop_id.in_(picked.ids))
    return {"counts": {}, "kiosks": who_has.holdings(connection, of_page)}


def _releases(connection: Connection, person: Person) -> list[Any]:
    home = home_of(connection, person.scope)
    return list(
        connection.execute(
            select(catalogue_release, account.c.name.label("by"))
            .outerjoin(account, account.c.account_id == catalogue_release.c.account_id)
            .where(seen_by(catalogue_release, home))
            .order_by(catalogue_release.c.version.desc())
            .limit(RELEASES_SHOWN)
        ).mappings()
    )
