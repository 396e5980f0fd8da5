"""The first page of a coordinator's morning: the shops at a glance."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from sync.server.overview import overview
from sync.server.web.guard import Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)


@router.get("/overview")
def get_overview(request: Request, person: Reader) -> Response:
    """Shops of this person's part, when they were last heard of, and what they sold today."""
    at_ms = now_ms(request)
    shown = store_of(request).read(
        lambda connection: overview(connection, at_ms, person.scope.shops())
    )
    return page(request, "shops.html", shown=shown)
