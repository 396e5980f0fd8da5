"""Who is asking: the session's cookie, and the proof that a change was meant.

A route takes :data:`Reader` to be seen by people who are logged in, and :data:`Changer` to change
something: then the form's or the header's token must be the session's, the request must come from
our own pages, and the second factor must have been shown.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from sync.server.accounts import sessions
from sync.server.accounts.roles import Person
from sync.server.problems import ProblemError
from sync.server.web.page import now_ms, store_of

COOKIE = "adal_session"
UPLOAD_SIZE_BYTES_MAX = 12 * 1024 * 1024
FIELDS_MAX = 2_000


class LoginNeededError(Exception):
    """Nobody is logged in; ``next_path`` is where to go on afterwards."""

    def __init__(self, next_path: str) -> None:
        super().__init__(next_path)
        self.next_path = next_path

    @property
    def login_url(self) -> str:
        """The login page, which leads back."""
        return f"/login?next={quote(self.next_path, safe='/')}"


class SecondFactorNeededError(LoginNeededError):
    """Logged in, but the second factor was not shown in this session."""

    @property
    def login_url(self) -> str:
        """The page that asks for it, or sets it up."""
        return f"/login/code?next={quote(self.next_path, safe='/')}"


@dataclass(frozen=True, slots=True)
class Change:
    """A change that somebody meant: who, and what the form says."""

    person: Person
    form: FormData

    def text(self, name: str, default: str = "") -> str:
        """A field as text, without blanks around it."""
        value = self.form.get(name, default)
        return plain(value).strip() if isinstance(value, str) else default

    def texts(self, name: str) -> list[str]:
        """All values of a field that may stand several times."""
        return [plain(value) for value in self.form.getlist(name) if isinstance(value, str)]

    def upload(self, name: str) -> UploadFile | None:
        """A file that was chosen; None when none was."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    async def content(self, name: str, size_bytes_max: int) -> bytes | None:
        """What stands in a chosen file, one byte beyond the limit at most; None when none was."""
        upload = self.upload(name)
        return None if upload is None else await upload.read(size_bytes_max + 1)


def someone(request: Request) -> Person | None:
    """Who is logged in, if anybody; templates find it too.

    Raises:
        ProblemError: ``not_found`` for an address that nothing can have.
    """
    if "\0" in request.url.path or "\0" in request.scope["path"]:
        raise ProblemError("not_found", "There is nothing here.")
    secret = request.cookies.get(COOKIE, "")
    person = sessions.person_of(store_of(request), secret, now_ms(request)) if secret else None
    request.state.person = person
    return person


def reader(request: Request) -> Person:
    """Who is logged in.

    Raises:
        LoginNeededError: nobody.
    """
    person = someone(request)
    if person is None:
        raise LoginNeededError(_here(request))
    return person


async def meant(request: Request) -> AsyncIterator[Change]:
    """A form that was sent by somebody who is logged in, from our own page.

    Raises:
        LoginNeededError: nobody is logged in.
        ProblemError: ``forbidden`` when it was sent from elsewhere; ``too_large``.
    """
    async with _meant(request) as what:
        yield what


async def change(request: Request) -> AsyncIterator[Change]:
    """A change by somebody who may change things now.

    Raises:
        SecondFactorNeededError: the second factor was not shown in this session.
        ProblemError: ``forbidden`` for an auditor; see :func:`meant`.
    """
    async with _meant(request) as what:
        if not what.person.is_changer:
            raise ProblemError(
                "forbidden", "Your account may look at everything and change nothing."
            )
        if not what.person.second_factor:
            raise SecondFactorNeededError(_back(request))
        yield what


@asynccontextmanager
async def _meant(request: Request) -> AsyncIterator[Change]:
    """The form, open as long as the route works with it; its files are closed whatever comes."""
    person = await run_in_threadpool(reader, request)
    form = await form_of(request)
    try:
        token = request.headers.get("x-csrf") or form.get("csrf") or ""
        if not isinstance(token, str) or not hmac.compare_digest(
            token.encode("utf-8", "surrogatepass"), person.csrf.encode()
        ):
            raise ProblemError("forbidden", "This form is too old; load the page again.")
        yield Change(person, form)
    finally:
        await form.close()


async def form_of(request: Request) -> FormData:
    """A form that came from our own pages.

    Raises:
        ProblemError: ``forbidden`` when the browser says that another site sent it;
            ``too_large``.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ProblemError("forbidden", "This form was sent from another site.")
    length = request.headers.get("content-length", "")
    # A route that takes larger files says so on its function.
    size_bytes_max = getattr(
        request.scope.get("endpoint"), "upload_size_bytes_max", UPLOAD_SIZE_BYTES_MAX
    )
    if not length.isdigit() or int(length) > size_bytes_max:
        raise ProblemError("too_large", "That is too large to send here.")
    return await request.form(max_fields=FIELDS_MAX)


def plain(text: str) -> str:
    """Without NUL, which nobody types and PostgreSQL takes for an error."""
    return text.replace("\0", "")


def local_path(text: str | None) -> str:
    """Where to go on after logging in: only ever a path of ours."""
    if text and text.startswith("/") and not text.startswith(("//", "/\\")) and "\n" not in text:
        return text
    return "/overview"


def _here(request: Request) -> str:
    """The address to come back to; after a form, the page it stood on."""
    if request.method != "GET":
        return _back(request)
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _back(request: Request) -> str:
    """The page of ours that a form stood on."""
    referer = request.headers.get("referer", "")
    base = str(request.base_url)
    return local_path(f"/{referer.removeprefix(base)}" if referer.startswith(base) else None)


Reader = Annotated[Person, Depends(reader)]
Visitor = Annotated[Person | None, Depends(someone)]
Meant = Annotated[Change, Depends(meant)]
Changer = Annotated[Change, Depends(change)]
