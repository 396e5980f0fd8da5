"""The catalogue as a table: taken in as drafts, handed out as CSV or XLSX."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import CatalogueError
from sync.server.accounts.roles import Person
from sync.server.catalogues import sheets
from sync.server.catalogues.editing import Desk
from sync.server.catalogues.facts import drafts, published
from sync.server.catalogues.imports import Counts, take_in
from sync.server.catalogues.places import home_of
from sync.server.web.catalogue_frame import SHEET_SIZE_BYTES_MAX, frame
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter()


@router.get("/catalogue/import")
def get_import(request: Request, person: Reader) -> Response:
    """Choose a file."""
    return _page(request, person)


@router.post("/catalogue/import")
async def post_import(request: Request, what: Changer) -> Response:
    """Makes drafts of the rows that differ; all of them or none."""
    content = await what.content("sheet", SHEET_SIZE_BYTES_MAX) or b""
    return await run_in_threadpool(_take_in, request, what, content)


@router.get("/catalogue/products.{kind}")
def get_export(request: Request, person: Reader, kind: str) -> Response:
    """The products of this person's place, as they would be published."""

    def work(connection: Connection) -> Any:
        facts = published(connection).with_drafts(drafts(connection))
        return facts.rendered(home_of(connection, person.scope)).products

    products = store_of(request).read(work)
    content, media_type = sheets.written(products, kind)
    headers = {"Content-Disposition": f'attachment; filename="products.{kind}"'}
    return Response(content, media_type=media_type, headers=headers)


def _take_in(request: Request, what: Change, content: bytes) -> Response:
    at_ms = now_ms(request)

    def work(connection: Connection) -> Counts:
        desk = Desk(connection, what.person, at_ms)
        return take_in(desk, home_of(connection, what.person.scope), products)

    try:
        if len(content) > SHEET_SIZE_BYTES_MAX:
            raise CatalogueError("sheet_size")
        products = sheets.read_sheet(content)
        counts = store_of(request).write(work)
    except CatalogueError as error:
        return _page(request, what.person, str(error))
    return _page(request, what.person, counts=counts)


def _page(
    request: Request, person: Person, trouble: str = "", counts: Counts | None = None
) -> Response:
    values = store_of(request).read(lambda connection: frame(connection, person))
    return page(
        request,
        "catalogue_import.html",
        status=422 if trouble else 200,
        trouble=trouble,
        counts=counts,
        columns=sheets.COLUMNS,
        **values,
    )
