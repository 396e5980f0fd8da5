"""``/imports``: journals that a volunteer carried here on a stick.

The file goes to the disk as it comes and is gone after the answer: what it brought is in the
journals. A kiosk that nobody knows yet is taken in when a coordinator confirms its name, with
the same file (HTMX shows the question inside the form, where the chosen file stays chosen).
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from kiosk.domain.errors import WireError
from sync.server.accounts.roles import Person, Role
from sync.server.importing import enrolling, source, taking
from sync.server.importing.source import Found, JournalId
from sync.server.importing.taking import Result
from sync.server.problems import ProblemError
from sync.server.schema import audit, shop
from sync.server.web.guard import Change, Changer, Reader
from sync.server.web.money_common import plain
from sync.server.web.page import now_ms, page, store_of

router = APIRouter(include_in_schema=False)

FILE_SIZE_BYTES_MAX = 256 * 1024 * 1024
"""Some 250,000 entries: years of a busy shop. More goes in with ``adal-sync import``."""
LAST_SHOWN = 30
NO_FILE, NO_JOURNAL, WRONG_NAME, SEVERAL = "no_file", "no_journal", "wrong_name", "several"


@dataclass
class Brought:
    """What became of a file, for the page.

    ``strangers``: kiosks in it that the person may take in. ``trouble``: a word of this module or
    a problem's code; ``detail`` says more where the program knows more.
    """

    result: Result | None = None
    strangers: tuple[str, ...] = ()
    trouble: str = ""
    detail: str = ""

    @property
    def entries(self) -> int:
        """New ones in all."""
        return sum(one.new for one in self.result.outcomes) if self.result else 0


@router.get("/imports")
def get_imports(request: Request, person: Reader) -> Response:
    """Bring a file; what came lately."""
    return _page(request, person, None)


@router.post("/imports")
async def post_import(request: Request, what: Changer) -> Response:
    """Takes a file in."""
    return await run_in_threadpool(_answer, request, what)


post_import.upload_size_bytes_max = FILE_SIZE_BYTES_MAX  # type: ignore[attr-defined]


def _answer(request: Request, what: Change) -> Response:
    upload = what.upload("file")
    if upload is None:
        return _page(request, what.person, Brought(trouble=NO_FILE), what=what)
    with tempfile.TemporaryDirectory(prefix="adal-import-") as folder:
        path = Path(folder) / "journal"
        _save(upload, path)
        brought = _bring(request, what, path, plain(upload.filename or "", 100))
    return _page(request, what.person, brought, what=what)


def _save(upload: UploadFile, path: Path) -> None:
    upload.file.seek(0)
    with path.open("xb") as file:
        shutil.copyfileobj(upload.file, file, 1024 * 1024)


def _bring(request: Request, what: Change, path: Path, name: str) -> Brought:
    store = store_of(request)
    try:
        found = source.survey(path)
        if what.text("shop") and what.text("kiosk_name"):
            _enrol(request, what, path, found)
        result = taking.take_file(
            store,
            path,
            found,
            person=what.person,
            now_ms=lambda: now_ms(request),
            name_of_file=name,
        )
    except WireError as error:
        return Brought(trouble=NO_JOURNAL, detail=str(error).replace(str(path), name))
    except _RefusedError as refused:
        return Brought(strangers=refused.strangers, trouble=refused.trouble)
    except ProblemError as error:
        return Brought(trouble=error.problem.code, detail=str(error))
    unknown = {one.kiosk_id for one in result.outcomes if one.problem == taking.UNKNOWN}
    known = {one.kiosk_id for one in result.outcomes} - unknown
    return Brought(result, tuple(sorted(unknown - known)) if _may_enrol(what.person) else ())


class _RefusedError(Exception):
    """A name that does not fit the file; nothing was changed."""

    def __init__(self, trouble: str, strangers: tuple[str, ...] = ()) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.strangers = strangers


def _enrol(request: Request, what: Change, path: Path, found: dict[JournalId, Found]) -> None:
    """Takes the file's kiosk in, if its name is the one that was read off its screen."""
    kiosk_ids = sorted({one.kiosk_id for one in found})
    if len(kiosk_ids) > 1:
        raise _RefusedError(SEVERAL)
    [kiosk_id] = kiosk_ids
    if enrolling.typed(what.text("kiosk_name")) != kiosk_id:
        raise _RefusedError(WRONG_NAME, (kiosk_id,))
    public_key = enrolling.named_key(found, kiosk_id)
    enrolling.require_signed(path, kiosk_id, public_key)
    at_ms, slug = now_ms(request), what.text("shop")
    store_of(request).write(
        lambda connection: enrolling.enrol_from_file(
            connection,
            what.person,
            slug=slug,
            kiosk_id=kiosk_id,
            public_key=public_key,
            now_ms=at_ms,
        )
    )


def _may_enrol(person: Person) -> bool:
    return person.role in (Role.NATIONAL, Role.REGION)


def _page(
    request: Request, person: Person, brought: Brought | None, *, what: Change | None = None
) -> Response:
    values: dict[str, Any] = {
        "brought": brought,
        "size_megabytes_max": FILE_SIZE_BYTES_MAX // 2**20,
        "grouped": enrolling.grouped,
        "hidden": enrolling.hidden,
        "slug": what.text("shop") if what else "",
        "places": [],
    }
    store = store_of(request)
    if brought is not None and brought.strangers:
        values["places"] = store.read(lambda connection: _places(connection, person))
    values["last"] = store.read(lambda connection: _last(connection, person))
    if request.headers.get("hx-request"):
        return page(request, "imports_result.html", afterwards=True, **values)
    status = 422 if brought is not None and brought.trouble else 200
    return page(request, "imports.html", status=status, afterwards=False, **values)


def _places(connection: Connection, person: Person) -> list[Any]:
    """The shops that the person may take a kiosk in for."""
    rows = connection.execute(
        select(shop.c.slug, shop.c.name).where(person.scope.shops()).order_by(shop.c.name)
    )
    return list(rows)


def _last(connection: Connection, person: Person) -> list[dict[str, Any]]:
    """What came lately to the person's shops."""
    rows = connection.execute(
        select(audit.c.at_ms, audit.c.subject, audit.c.detail, shop.c.name, shop.c.slug)
        .join(shop, shop.c.shop_id == audit.c.shop_id)
        .where(audit.c.action == "journal.import", person.scope.shops())
        .order_by(audit.c.at_ms.desc())
        .limit(LAST_SHOWN)
    )
    return [{**row._mapping, **json.loads(row.detail)} for row in rows]
