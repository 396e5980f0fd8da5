"""Drawing a page: language, who is logged in, how amounts and moments are written."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kiosk.domain.ledger import KAZAKHSTAN
from kiosk.domain.money import NO_BREAK_SPACE, format_amount, format_tenge
from sync.server.accounts.roles import Person
from sync.server.settings import Settings
from sync.server.store import Store
from sync.server.texts import LANGUAGES, choose_language, translations

TEMPLATES = Path(__file__).parents[1] / "pages"
LANGUAGE_COOKIE = "adal_language"
LANGUAGE_COOKIE_S = 365 * 24 * 3600


def store_of(request: Request) -> Store:
    """The server's database."""
    store: Store = request.app.state.store
    return store


def now_ms(request: Request) -> int:
    """The server's time, UTC."""
    settings: Settings = request.app.state.settings
    return settings.now_ms()


def language_of(request: Request) -> str:
    """As asked for in the address, as chosen before, as the person's account, as the browser."""
    person: Person | None = getattr(request.state, "person", None)
    wishes = (
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        person.language if person else None,
    )
    return choose_language(wishes, request.headers.get("accept-language", ""))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the reader's language.

    Templates get ``person`` (None for the public), ``language``, ``path`` and the values; texts
    are marked with ``_("…")``.
    """
    language = language_of(request)
    person: Person | None = getattr(request.state, "person", None)
    html = (
        environment(language)
        .get_template(template)
        .render(
            language=language,
            languages=LANGUAGES,
            person=person,
            path=request.url.path,
            **values,
        )
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language, Cookie"}
    if person is not None:
        headers["Cache-Control"] = "no-store"
    answer = HTMLResponse(html, status_code=status, headers=headers)
    if request.query_params.get("lang") == language:
        answer.set_cookie(
            LANGUAGE_COOKIE, language, max_age=LANGUAGE_COOKIE_S, httponly=True, samesite="lax"
        )
    return answer


@cache
def environment(language: str) -> Environment:
    """The templates with one language's texts."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        amount=format_amount, tenge=format_tenge, percent=percent, moment=moment, day=day
    )
    return made


def percent(per_mille: int | None) -> str:
    """``991`` → ``99,1 %``; a dash for what is not known."""
    if per_mille is None:
        return "—"
    return f"{per_mille // 10},{per_mille % 10}{NO_BREAK_SPACE}%"


def moment(at_ms: int | None) -> str:
    """Milliseconds UTC as ``21.11.2026 14:05`` in Kazakhstan."""
    if at_ms is None:
        return "—"
    at = datetime.fromtimestamp(0, KAZAKHSTAN) + timedelta(milliseconds=at_ms)
    return at.strftime("%d.%m.%Y %H:%M")


def day(value: date | None) -> str:
    """``21.11.2026``."""
    return "—" if value is None else value.strftime("%d.%m.%Y")
