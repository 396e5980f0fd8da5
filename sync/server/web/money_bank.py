"""A bank's statement: looked at first, then taken in as a whole, or taken back.

The file travels with the form each time and is never stored: looking is a request of its own
(HTMX shows its answer inside the form, where the chosen file stays chosen).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from sync.server.accounts.roles import Person
from sync.server.money import intake, statement, statements
from sync.server.money.columns import (
    Columns,
    Credit,
    Sheet,
    credits_of,
    guess,
    sheet_of,
    with_places,
)
from sync.server.money.intake import Place, Sorted
from sync.server.money.statement import StatementError, Wrong
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.money_common import HexId, plain
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

LINES_SHOWN = 8
COUNT_MAX = 10**9
ROLES = ("day", "time", "amount", "reference", "place")


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file would bring."""

    sheet: Sheet
    columns: Columns
    found: list[Credit]
    skipped: Mapping[str, int]
    sorted: Sorted | None

    @property
    def ready(self) -> int:
        """Credits that would be taken in."""
        return sum(map(len, self.sorted.by_shop.values())) if self.sorted else 0


@router.get("/money/bank")
def get_bank(request: Request, person: Reader) -> Response:
    """Bring a statement; those that came."""
    asked = request.query_params
    done = {name: _count(asked.get(name, "")) for name in ("taken", "known", "matched")}
    return _bank_page(request, person, done=done if "taken" in asked else None)


@router.post("/money/bank/preview")
async def post_preview(request: Request, what: Changer) -> Response:
    """Shows what the file would bring; nothing is stored."""
    content = await _content(what)
    return await run_in_threadpool(_preview, request, what, content)


@router.post("/money/bank")
async def post_statement(request: Request, what: Changer) -> Response:
    """Takes the file's credits in: all or none."""
    content = await _content(what)
    return await run_in_threadpool(_take, request, what, content)


@router.post("/money/bank/{statement_id}/withdraw")
async def post_withdraw(request: Request, statement_id: HexId, what: Changer) -> Response:
    """Takes a statement back with all that followed from it."""
    at_ms = now_ms(request)
    await run_in_threadpool(
        store_of(request).write,
        lambda connection: statements.withdraw(connection, what.person, statement_id, at_ms),
    )
    return RedirectResponse("/money/bank", 303)


async def _content(what: Change) -> bytes | None:
    return await what.content("file", statement.FILE_SIZE_BYTES_MAX)


def _preview(request: Request, what: Change, content: bytes | None) -> Response:
    known, region_code, banks = _bearings(request, what.person)
    looked, trouble = None, ""
    try:
        looked = _look(what, content, known, banks)
        if looked.sorted is None:
            trouble = Wrong.NO_SHOP.value
    except StatementError as error:
        trouble = error.wrong.value
    if request.headers.get("hx-request"):
        return page(
            request,
            "money_preview.html",
            looked=looked,
            trouble=trouble,
            places=known,
            region_code=region_code,
            roles=ROLES,
        )
    return _bank_page(request, what.person, looked=looked, trouble=trouble, what=what)


def _take(request: Request, what: Change, content: bytes | None) -> Response:
    at_ms = now_ms(request)
    known, region_code, banks = _bearings(request, what.person)
    looked: Looked | None = None
    try:
        looked = _look(what, content, known, banks)
        if looked.sorted is None:
            raise StatementError(Wrong.NO_SHOP)
        plan, columns, body = looked.sorted, looked.columns, content or b""
        skipped = sum(looked.skipped.values()) + sum(plan.unknown.values())
        done = store_of(request).write(
            lambda connection: intake.take(
                connection,
                what.person,
                bank=_bank(what),
                region_code=region_code,
                columns=columns,
                content=body,
                by_shop=plan.by_shop,
                skipped=skipped,
                now_ms=at_ms,
            )
        )
    except StatementError as error:
        return _bank_page(
            request, what.person, looked=looked, trouble=error.wrong.value, what=what, status=422
        )
    counts = {"taken": done.taken, "known": done.known, "matched": done.matched}
    return RedirectResponse(f"/money/bank?{urlencode(counts)}", 303)


def _look(
    what: Change, content: bytes | None, known: list[Place], banks: Mapping[str, Columns]
) -> Looked:
    """Reads a file as the form says.

    Raises:
        StatementError: when it cannot be read.
    """
    if content is None:
        raise StatementError(Wrong.NO_FILE)
    sheet = sheet_of(statement.read_rows(content))
    columns = guess(sheet, _said(what) or banks.get(_bank(what)))
    columns = with_places(columns, banks[_bank(what)].places if _bank(what) in banks else {})
    columns = with_places(columns, _said_places(what, known))
    found, skipped = credits_of(sheet, columns)
    slug = what.text("shop")
    plan = intake.sort(found, known, columns, slug) if slug or columns.place else None
    return Looked(sheet, columns, found, skipped, plan)


def _said(what: Change) -> Columns | None:
    """The columns as chosen in the form; None while nothing was chosen."""
    day, time, amount, reference, place = (what.text(f"column_{role}") for role in ROLES)
    said = Columns(day, time, amount, reference, place)
    return said if said.is_complete else None


def _said_places(what: Change, known: list[Place]) -> dict[str, str]:
    """Places that a person says to be shops of his, or no longer; others are not kept."""
    slugs = {"", *(place.slug for place in known)}
    names, chosen = what.texts("place_name"), what.texts("place_shop")
    return {name: slug for name, slug in zip(names, chosen, strict=False) if name and slug in slugs}


def _bank(what: Change) -> str:
    return plain(what.text("bank"), intake.BANK_NAME_LENGTH_MAX)


def _bearings(request: Request, person: Person) -> tuple[list[Place], str, dict[str, Columns]]:
    """The person's shops, whose bank profiles he uses, and those."""

    def work(connection: Connection) -> tuple[list[Place], str, dict[str, Columns]]:
        known = intake.places(connection, person)
        region_code = person.scope.region_code or ""
        if person.scope.shop_id is not None:
            region_code = known[0].region_code if known else ""
        return known, region_code, intake.remembered(connection, region_code)

    return store_of(request).read(work)


def _bank_page(
    request: Request,
    person: Person,
    *,
    looked: Looked | None = None,
    trouble: str = "",
    what: Change | None = None,
    done: Mapping[str, int] | None = None,
    status: int = 200,
) -> Response:
    known, _, banks = _bearings(request, person)
    found: list[Any] = store_of(request).read(
        lambda connection: statements.listed(connection, person)
    )
    return page(
        request,
        "money_bank.html",
        status=status,
        looked=looked,
        trouble=trouble,
        done=done,
        places=known,
        banks=sorted(banks),
        bank=_bank(what) if what else "",
        slug=what.text("shop") if what else "",
        statements=found,
        roles=ROLES,
    )


def _count(text: str) -> int:
    return min(int(text), COUNT_MAX) if text.isascii() and text.isdigit() and len(text) < 12 else 0
