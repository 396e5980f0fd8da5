"""The inbox of suggestions, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool

from sync.server.accounts.roles import Person, shop_for
from sync.server.picking import SHOPS_AT_ONCE
from sync.server.problems import ProblemError
from sync.server.public import cache
from sync.server.schema import region, shop
from sync.server.voices import inbox
from sync.server.voices.cases import Case, CaseError
from sync.server.voices.inbox import Filter
from sync.server.voices.words import (
    LANGUAGES,
    NOTE_LENGTH_MAX,
    REPLY_LENGTH_MAX,
    Key,
    Office,
    Status,
    rights_of,
)
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

AGES = (0, 3, 7, 14, 30)
"""Days that the filter offers."""
_DAY_MS = inbox.DAY_MS


@router.get("/suggestions")
def get_inbox(
    request: Request,
    person: Reader,
    status: Annotated[str, Query(max_length=20)] = inbox.OPEN_ONES,
    office: Annotated[str, Query(max_length=20)] = "",
    region_code: Annotated[str, Query(alias="region", max_length=2)] = "",
    slug: Annotated[str, Query(alias="shop", max_length=64)] = "",
    age: Annotated[int, Query(ge=0, le=3650)] = 0,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """What waits for an answer, the longest waiting first; filtered as asked."""
    at_ms = now_ms(request)
    wanted = Filter(status, office, region_code, slug, age, number)

    def work(connection: Connection) -> dict[str, Any]:
        seen = person.scope.shops()
        regions = connection.execute(
            select(region)
            .where(region.c.region_code.in_(select(shop.c.region_code).where(seen)))
            .order_by(region.c.region_code)
        ).mappings()
        return {
            "found": inbox.inbox(connection, seen, wanted, at_ms),
            "regions": list(regions),
            "shops": _shops(connection, seen, wanted),
        }

    return page(
        request,
        "suggestions.html",
        wanted=wanted,
        statuses=[one.value for one in Status],
        ages=AGES,
        at_ms=at_ms,
        day_ms=_DAY_MS,
        link=_link,
        **store_of(request).read(work),
    )


@router.get("/suggestions/{slug}/{kiosk_id}/{suggestion_id:path}")
def get_suggestion(
    request: Request, person: Reader, slug: str, kiosk_id: str, suggestion_id: str
) -> Response:
    """One suggestion: its words, its way, its reply."""
    return _one_page(request, person, slug, kiosk_id, suggestion_id)


@router.post("/suggestions/{slug}/{kiosk_id}/{suggestion_id:path}")
async def post_suggestion(
    request: Request, what: Changer, slug: str, kiosk_id: str, suggestion_id: str
) -> Response:
    """Does with it what the form says in ``do``."""
    at_ms = now_ms(request)

    def work(connection: Connection) -> None:
        found = shop_for(connection, what.person.scope, slug)
        key = Key(int(found.shop_id), kiosk_id, suggestion_id)
        _do(Case(connection, what.person, key, at_ms), what)

    def change() -> Response:
        store = store_of(request)
        try:
            try:
                store.write(work)
            except IntegrityError:  # a colleague was a moment quicker; his step counts now
                store.write(work)
        except CaseError as error:
            typed = {language: what.text(f"reply_{language}") for language in LANGUAGES}
            return _one_page(
                request,
                what.person,
                slug,
                kiosk_id,
                suggestion_id,
                trouble=error.trouble.value,
                typed=typed,
            )
        cache.forget(request.app)
        return RedirectResponse(_link(slug, kiosk_id, suggestion_id), 303)

    return await run_in_threadpool(change)


def _shops(connection: Connection, seen: ColumnElement[bool], wanted: Filter) -> list[Any]:
    """The shops to choose from: of many a region's, once it is chosen, and the chosen one."""
    some = select(shop.c.slug, shop.c.name).where(seen).order_by(shop.c.name)
    if wanted.region_code:
        some = some.where(shop.c.region_code == wanted.region_code)
    else:
        count = connection.execute(select(func.count()).select_from(shop).where(seen)).scalar_one()
        if count > SHOPS_AT_ONCE:
            some = some.where(shop.c.slug == wanted.slug)
    return list(connection.execute(some))


def _do(case: Case, what: Change) -> None:
    """One change.

    Raises:
        ProblemError: ``not_found`` for one that does not exist.
        CaseError: see :class:`Case`.
    """
    match what.text("do"):
        case "answer" | "decline" as done:
            said = {language: what.text(f"reply_{language}") for language in LANGUAGES}
            case.answer(said, declined=done == "decline")
        case "take":
            case.take()
        case "note":
            case.note(what.text("note"))
        case "move":
            national = what.text("office") == Office.NATIONAL
            case.move(Office.NATIONAL if national else Office.REGION, what.text("note"))
        case "reopen":
            case.reopen(what.text("note"))
        case "show":
            case.show(words=bool(what.text("words")), reply=bool(what.text("reply")))
        case "delete":
            case.delete_words()
        case _:
            raise ProblemError("not_found", "There is nothing of that kind to do here.")


def _one_page(
    request: Request,
    person: Person,
    slug: str,
    kiosk_id: str,
    suggestion_id: str,
    *,
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    def work(connection: Connection) -> dict[str, Any]:
        found = shop_for(connection, person.scope, slug)
        key = Key(int(found.shop_id), kiosk_id, suggestion_id)
        row = inbox.one(connection, person.scope.shops(), key)
        return {
            "one": row,
            "rights": rights_of(person, Office(row.office)),
            "way": inbox.way(connection, key),
            "origin": inbox.origin(connection, key, bytes(row.salt), row.body),
        }

    return page(
        request,
        "suggestion.html",
        status=422 if trouble else 200,
        trouble=trouble,
        typed=typed or {},
        at_ms=now_ms(request),
        day_ms=_DAY_MS,
        reply_max=REPLY_LENGTH_MAX,
        note_max=NOTE_LENGTH_MAX,
        **store_of(request).read(work),
    )


def _link(slug: str, kiosk_id: str, suggestion_id: str) -> str:
    return f"/suggestions/{slug}/{kiosk_id}/{quote(suggestion_id)}"
