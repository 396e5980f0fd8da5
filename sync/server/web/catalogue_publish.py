"""What waits, what publishing would change, and which kiosk has which version."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import CatalogueError
from sync.server.access import APPROVED
from sync.server.accounts.roles import Person
from sync.server.catalogues import documents, publishing
from sync.server.catalogues.editing import Desk
from sync.server.catalogues.facts import Draft
from sync.server.catalogues.places import home_of, seen_by
from sync.server.schema import account, kiosk, kiosk_epoch, shop
from sync.server.schema.catalogue import catalogue_release, kiosk_catalogue, shop_catalogue
from sync.server.web.catalogue_frame import frame
from sync.server.web.guard import Changer, Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter()

RELEASES_SHOWN = 20


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
def get_versions(request: Request, person: Reader) -> Response:
    """Which version each kiosk of this person's part has, and what was published when."""

    def work(connection: Connection) -> dict[str, Any]:
        return {
            **frame(connection, person),
            "kiosks": _kiosks(connection, person),
            "releases": _releases(connection, person),
        }

    return page(request, "catalogue_versions.html", **store_of(request).read(work))


def _publish_page(request: Request, person: Person, trouble: str = "") -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        waiting = publishing.waiting_for(connection, person)
        try:
            changes, wrong = publishing.differences(connection, person), trouble
        except CatalogueError as error:
            changes, wrong = [], str(error)
        return {
            **frame(connection, person),
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


def _kiosks(connection: Connection, person: Person) -> list[dict[str, Any]]:
    """Kiosks that may send, with the version they told and the one that waits for them."""
    newest = documents.current_version(connection)
    given = {
        (row.shop_id, row.kiosk_id): row.version
        for row in connection.execute(
            select(shop_catalogue.c.shop_id, shop_catalogue.c.kiosk_id, shop_catalogue.c.version)
        )
    }
    rows = connection.execute(
        select(
            kiosk.c.kiosk_id,
            shop.c.shop_id,
            shop.c.name,
            shop.c.slug,
            kiosk_catalogue.c.version,
            kiosk_catalogue.c.reported_ms,
        )
        .join(shop, shop.c.shop_id == kiosk.c.shop_id)
        .outerjoin(
            kiosk_catalogue,
            (kiosk_catalogue.c.shop_id == kiosk.c.shop_id)
            & (kiosk_catalogue.c.kiosk_id == kiosk.c.kiosk_id),
        )
        .where(
            person.scope.shops(),
            select(kiosk_epoch.c.epoch)
            .where(kiosk_epoch.c.kiosk_id == kiosk.c.kiosk_id, kiosk_epoch.c.status == APPROVED)
            .exists(),
        )
        .order_by(shop.c.name, kiosk.c.kiosk_id)
    ).mappings()
    return [
        {
            **row,
            "wanted": given.get(
                (row["shop_id"], row["kiosk_id"]), given.get((row["shop_id"], ""), newest)
            ),
        }
        for row in rows
    ]


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
