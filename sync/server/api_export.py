"""The routes by which coordinators' programs take numbers home.

A token sees what its owner sees. Pages are JSON with a cursor; whole files stream.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection

from sync import tables, wire
from sync.server import access
from sync.server.accounts.roles import Scope
from sync.server.export import paging, stream, tokens
from sync.server.export.paging import Asked
from sync.server.export.walk import Wanted
from sync.server.openapi import answers
from sync.server.problems import ProblemError
from sync.server.web.page import store_of

router = APIRouter(prefix=wire.API)

FORMATS = tuple(stream.MEDIA_TYPES)


def token_scope(request: Request) -> Scope:
    """What the caller's token may read.

    Raises:
        ProblemError: ``token_missing``, ``token_unknown``.
    """
    token = access.bearer(request.headers.get("authorization"))
    return store_of(request).read(lambda connection: tokens.scope_of(connection, token))


TokenScope = Annotated[Scope, Depends(token_scope)]


_SINCE_DAY = (
    "2026-11-30: from this day on, at UTC+5, by `true_time`: the day on which an entry was really "
    "made. A kiosk whose clock was wrong is corrected once it hears the right time; `time` stays "
    "what the kiosk signed."
)
_UNTIL_DAY = "As `since_day`; this day belongs to it."


def asked(
    region: str | None = None,
    shop: str | None = None,
    kiosk_id: str | None = None,
    epoch: int | None = None,
    since_day: Annotated[str | None, Query(description=_SINCE_DAY)] = None,
    until_day: Annotated[str | None, Query(description=_UNTIL_DAY)] = None,
    since_seq: int | None = None,
    cursor: str | None = None,
    limit: int = paging.PAGE_ROWS_DEFAULT,
) -> Asked:
    """Days at UTC+5, both included; ``since_seq`` from that entry of each kiosk on."""
    return Asked(region, shop, kiosk_id, epoch, since_day, until_day, since_seq, cursor, limit)


Question = Annotated[Asked, Depends(asked)]


def _json(message: Any) -> Response:
    return Response(msgspec.json.encode(message), media_type=wire.JSON_TYPE)


def _page(request: Request, scope: Scope, table: tables.Table, question: Asked) -> Response:
    wanted = paging.wanted_of(question, scope)

    def work(connection: Connection) -> paging.ExportPage:
        return paging.page(connection, table, question, wanted)

    return _json(store_of(request).read(work))


def _add_pages(table: tables.Table, summary: str, description: str) -> None:
    """A route that gives a table page by page."""

    def get_rows(request: Request, scope: TokenScope, question: Question) -> Response:
        return _page(request, scope, table, question)

    router.add_api_route(
        f"/{table.name}",
        get_rows,
        name=f"get_{table.name}",
        tags=["export"],
        summary=summary,
        description=description,
        responses=answers(paging.ExportPage),
    )


_add_pages(tables.SALES, "Sales and corrections, page by page", "One row per sale or correction.")
_add_pages(
    tables.LINES, "Lines of sales and corrections, page by page", "One row per product of a sale."
)
_add_pages(
    tables.VISITS,
    "Steps of volunteers' visits, page by page",
    "One row per count, money out or in, goods in, counted or written off.",
)
_add_pages(
    tables.JOURNAL,
    "Entries as they were signed, page by page",
    "One row per entry, with its proof.",
)


@router.get(
    "/shops",
    tags=["export"],
    summary="The shops that this token sees",
    responses=answers(paging.ExportPage),
)
def get_shops(request: Request, scope: TokenScope, question: Question) -> Response:
    """All on one page."""
    wanted = paging.wanted_of(question, scope)
    return _json(store_of(request).read(lambda c: paging.shops_page(c, wanted)))


@router.get(
    "/chains",
    tags=["export"],
    summary="How far the centre holds each kiosk's epochs",
    responses=answers(paging.ExportChains),
)
def get_chains(request: Request, scope: TokenScope, question: Question) -> Response:
    """What a program compares with what it holds, to ask only for what is new."""
    wanted = paging.wanted_of(question, scope)
    return _json(store_of(request).read(lambda c: paging.chains_of(c, wanted)))


@router.get(
    "/export/{name}",
    tags=["export"],
    summary="A whole file: sales, lines, visits, stock, journal or shops as csv, xlsx, parquet "
    "or jsonl; as json a page, with a cursor",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file, as lines.csv",
            "content": {kind.partition(";")[0]: {} for kind in stream.MEDIA_TYPES.values()},
        },
        "default": answers(paging.ExportPage)["default"],
    },
)
def get_export(
    request: Request, scope: TokenScope, question: Question, name: str, separator: str = "comma"
) -> Response:
    """Made while it is sent; a file that breaks off ends without its proper end."""
    what, _, file_format = name.rpartition(".")
    table = tables.TABLES.get(what)
    if table is not None and file_format == "json" and what in stream.OF_ENTRIES:
        return _page(request, scope, table, question)
    if table is None or file_format not in FORMATS:
        raise ProblemError(
            "not_found", f"Ask for one of {', '.join(tables.TABLES)} as {', '.join(FORMATS)}."
        )
    wanted = paging.wanted_of(question, scope)
    return file_answer(request, table, file_format, wanted, separator, name)


def file_answer(
    request: Request,
    table: tables.Table,
    file_format: str,
    wanted: Wanted,
    separator: str,
    name: str,
) -> StreamingResponse:
    """A file to be kept under that name."""
    made = stream.export(store_of(request), table, file_format, wanted, separator=separator)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        # A proxy that gathers the answer first would make people wait for nothing.
        "X-Accel-Buffering": "no",
    }
    return StreamingResponse(made.pieces, media_type=made.media_type, headers=headers)
