"""Posters and lines for kiosks' start screens."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import CatalogueError
from kiosk.domain.ledger import day_of
from sync.server.accounts.roles import Person
from sync.server.catalogues import campaigns, pictures
from sync.server.catalogues.facts import pictures as picture_names
from sync.server.catalogues.places import Place, may_write, named
from sync.server.web.catalogue_frame import a_day, frame
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter()


@router.get("/catalogue/campaigns")
def get_campaigns(request: Request, person: Reader) -> Response:
    """Campaigns that ran, run or will run in this person's part."""
    return _page(request, person)


@router.post("/catalogue/campaigns")
async def post_campaign(request: Request, what: Changer) -> Response:
    """Adds a campaign."""
    content = await what.content("picture_file", pictures.UPLOAD_SIZE_BYTES_MAX) or b""
    return await run_in_threadpool(_add, request, what, content)


@router.post("/catalogue/campaigns/{campaign_id}/end")
async def post_end(request: Request, campaign_id: str, what: Changer) -> Response:
    """Takes a campaign away."""
    at_ms = now_ms(request)
    await run_in_threadpool(
        store_of(request).write,
        lambda connection: campaigns.end(connection, what.person, campaign_id, at_ms),
    )
    return RedirectResponse("/catalogue/campaigns", 303)


def _add(request: Request, what: Change, content: bytes) -> Response:
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        name = pictures.keep(connection, png, at_ms) if png else None
        campaigns.add(
            connection,
            what.person,
            named(connection, what.person.scope, what.text("place")),
            days=days,
            lines={lang: what.text(f"line_{lang}") for lang in ("kk", "ru", "en")},
            picture=name,
            now_ms=at_ms,
        )

    try:
        days = a_day(what.text("from_day")), a_day(what.text("to_day"))
        png = pictures.as_png(content) if content else b""
        store_of(request).write(work)
    except CatalogueError as error:
        return _page(request, what.person, str(error))
    return RedirectResponse("/catalogue/campaigns", 303)


def _page(request: Request, person: Person, trouble: str = "") -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        return {
            **frame(connection, person, shops=None),
            "campaigns": [
                {**row, "lines": json.loads(row["lines"])}
                for row in campaigns.listed(connection, person)
            ],
            "digests": picture_names(connection),
        }

    values = store_of(request).read(work)

    def may_end(one: Any) -> bool:
        place = Place(one["region_code"], one["shop_id"])
        return person.may_change and may_write(person, place, price_only=True)

    return page(
        request,
        "catalogue_campaigns.html",
        status=422 if trouble else 200,
        trouble=trouble,
        today=day_of(now_ms(request)),
        may_end=may_end,
        place_of=lambda one: Place(one["region_code"], one["shop_id"]),
        **values,
    )
