"""Taking the numbers home: files, the week on paper, tokens for programs."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool

from kiosk.domain.errors import ConfigError
from kiosk.domain.ledger import day_of
from sync import tables
from sync.server import api_export
from sync.server.accounts.roles import Person
from sync.server.export import paging, tokens, weekly, weekly_pdf
from sync.server.problems import ProblemError
from sync.server.schema import region, shop
from sync.server.web.guard import Changer, Reader
from sync.server.web.page import language_of, now_ms, page, store_of

router = APIRouter(include_in_schema=False)

DAYS_DEFAULT = 30
WEEKS_SHOWN = 8
_PLACE_NAME = re.compile(r"[^a-z0-9-]+")


@router.get("/exports")
def get_exports(request: Request, person: Reader) -> Response:
    """What can be taken, and in which form."""
    return _exports_page(request, person)


@router.get("/exports/file")
def get_file(
    request: Request,
    person: Reader,
    what: str = "sales",
    form: Annotated[str, Query(alias="format")] = "csv",
    place: str = "",
    since: str = "",
    until: str = "",
) -> StreamingResponse:
    """The file that the form asked for; ``form`` is ``csv``, ``csv-semicolon``, ``xlsx`` …."""
    file_format, _, separator = form.partition("-")
    table = tables.TABLES.get(what)
    if table is None or file_format not in api_export.FORMATS:
        raise ProblemError("not_found", "There is no such file.")
    kind, _, value = place.partition(":")
    asked = paging.Asked(
        region=value if kind == "region" else None,
        shop=value if kind == "shop" else None,
        since_day=since,
        until_day=until,
    )
    wanted = paging.wanted_of(asked, person.scope)
    name = "-".join(
        part
        for part in ("adal", what, _PLACE_NAME.sub("-", value)[:64], since[:10], until[:10])
        if part
    )
    return api_export.file_answer(
        request, table, file_format, wanted, separator or "comma", f"{name}.{file_format}"
    )


@router.get("/exports/week/{region_code}/{week}")
def get_week(request: Request, person: Reader, region_code: str, week: str) -> Response:
    """The week of a region as a PDF, in the reader's language."""
    first_day = weekly.first_day_of(week.removesuffix(".pdf"))
    language = language_of(request)

    report = store_of(request).read(
        lambda connection: weekly.report(connection, person.scope, region_code, first_day)
    )
    name = f"adal-{region_code}-{weekly.week_name(first_day)}-{language}.pdf"
    return Response(
        weekly_pdf.pdf(report, language),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/exports/tokens")
async def post_token(request: Request, what: Changer) -> Response:
    """A token, shown once."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> str:
        return tokens.make(connection, what.person, what.text("name"), at_ms)

    try:
        token = await run_in_threadpool(store_of(request).write, work)
    except ConfigError as error:
        return await run_in_threadpool(_exports_page, request, what.person, trouble=str(error))
    return await run_in_threadpool(_exports_page, request, what.person, token=token)


@router.post("/exports/tokens/revoke")
async def post_revoke(request: Request, what: Changer) -> Response:
    """Makes one of one's own tokens useless."""
    at_ms = now_ms(request)
    await run_in_threadpool(
        store_of(request).write,
        lambda connection: tokens.revoke(connection, what.person, what.text("name"), at_ms),
    )
    return RedirectResponse("/exports#tokens", 303)


def _exports_page(
    request: Request, person: Person, *, trouble: str = "", token: str = ""
) -> Response:
    today = day_of(now_ms(request))

    def work(connection: Connection) -> dict[str, Any]:
        shops = connection.execute(
            select(shop.c.slug, shop.c.name, shop.c.region_code)
            .where(person.scope.shops())
            .order_by(shop.c.region_code, shop.c.name)
        ).all()
        seen = {row.region_code for row in shops}
        regions = connection.execute(select(region).order_by(region.c.region_code)).mappings()
        return {
            "shops": shops,
            "regions": [row for row in regions if row["region_code"] in seen],
            "tokens": tokens.listed(connection, person),
        }

    found = store_of(request).read(work)
    return page(
        request,
        "exports.html",
        status=422 if trouble else 200,
        tables=list(tables.TABLES.values()),
        since=today - timedelta(days=DAYS_DEFAULT - 1),
        until=today,
        weeks=_weeks(today),
        trouble=trouble,
        token=token,
        address=str(request.base_url).rstrip("/"),
        **found,
    )


def _weeks(today: date) -> list[tuple[str, date, date]]:
    """This week as far as it is, and the ones before: name, Monday, Sunday."""
    monday = today - timedelta(days=today.weekday())
    firsts = [monday - timedelta(weeks=n) for n in range(WEEKS_SHOWN)]
    return [(weekly.week_name(first), first, first + timedelta(days=6)) for first in firsts]
