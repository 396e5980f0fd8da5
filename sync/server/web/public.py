"""What everybody may see, without logging in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from sync.server.schema import region, shop
from sync.server.web.guard import Visitor
from sync.server.web.page import page, store_of

router = APIRouter(include_in_schema=False)


@router.get("/")
def get_public(request: Request, _person: Visitor) -> Response:
    """The shops and what each one's money goes to."""
    rows = store_of(request).read(
        lambda connection: (
            connection.execute(
                select(shop, region)
                .join(region, region.c.region_code == shop.c.region_code)
                .order_by(region.c.region_code, shop.c.name)
            )
            .mappings()
            .all()
        )
    )
    return page(request, "public.html", shops=rows)
