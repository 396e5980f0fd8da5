"""The pages that belong to no part: the description of the interface, and whether all is well."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, text

from sync import wire
from sync.server import migrate
from sync.server.web.guard import Visitor
from sync.server.web.page import page, store_of

router = APIRouter(include_in_schema=False)


@router.get("/docs")
def get_docs(request: Request, _person: Visitor) -> Response:
    """The description of the interface, with nothing loaded from elsewhere."""
    return page(request, "docs.html")


@router.get("/healthz")
def get_health(request: Request) -> Response:
    """200 when the database answers and has this version's schema; 503 otherwise."""

    def work(connection: Connection) -> str | None:
        connection.execute(text("SELECT 1"))
        return migrate.revision_of(connection)

    revision = store_of(request).read(work)
    well = revision == migrate.newest_revision()
    body = {"status": "ok" if well else "database needs migration", "revision": revision}
    return Response(msgspec.json.encode(body), 200 if well else 503, media_type=wire.JSON_TYPE)
