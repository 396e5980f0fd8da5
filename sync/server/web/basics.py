"""The pages for people: the shops at a glance, and the description of the interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, text

from kiosk.domain.money import format_amount, format_tenge
from sync import wire
from sync.server import migrate
from sync.server.overview import overview
from sync.server.settings import Settings
from sync.server.store import Store
from sync.server.words import LANGUAGES, choose_language, words_in

router = APIRouter(include_in_schema=False)

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["amount"] = format_amount
_templates.filters["tenge"] = format_tenge


@router.get("/")
def get_shops(request: Request, lang: str | None = None) -> HTMLResponse:
    """Shops, when they were last heard of, and what they sold today."""
    store: Store = request.app.state.store
    settings: Settings = request.app.state.settings
    shown = store.read(lambda connection: overview(connection, settings.now_ms()))
    return _page(request, lang, "shops.html", shown=shown)


@router.get("/docs")
def get_docs(request: Request, lang: str | None = None) -> HTMLResponse:
    """The description of the interface, with nothing loaded from elsewhere."""
    return _page(request, lang, "docs.html")


@router.get("/healthz")
def get_health(request: Request) -> Response:
    """200 when the database answers and has this version's schema; 503 otherwise."""
    store: Store = request.app.state.store

    def work(connection: Connection) -> str | None:
        connection.execute(text("SELECT 1"))
        return migrate.revision_of(connection)

    revision = store.read(work)
    well = revision == migrate.newest_revision()
    body = {"status": "ok" if well else "database needs migration", "revision": revision}
    return Response(msgspec.json.encode(body), 200 if well else 503, media_type=wire.JSON_TYPE)


def _page(request: Request, lang: str | None, template: str, **values: Any) -> HTMLResponse:
    language = choose_language(lang, request.headers.get("accept-language", ""))
    html = _templates.get_template(template).render(
        language=language, languages=LANGUAGES, words=words_in(language), **values
    )
    return HTMLResponse(html, headers={"Content-Language": language, "Vary": "Accept-Language"})
