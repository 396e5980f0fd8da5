"""The central server as one application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import (
    http_exception_handler,
    request_validation_exception_handler,
)
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync import wire
from sync.server import api, api_export, api_settings, api_voices, checkpoints, migrate, openapi
from sync.server.alarms.service import watching
from sync.server.intake import Intake
from sync.server.metrics.counting import CountRequests, Counts
from sync.server.problems import STATUS_OF, ProblemError
from sync.server.public import fresh
from sync.server.rate_caps import CapRequests
from sync.server.rollups import periods
from sync.server.rounds import every
from sync.server.settings import Settings
from sync.server.store import Store, is_unavailable
from sync.server.web import (
    basics,
    catalogue,
    exports,
    imports,
    kiosks,
    login,
    metrics,
    money,
    overview,
    people,
    public,
    shops,
    suggestions,
)
from sync.server.web import settings as settings_pages
from sync.server.web.guard import LoginNeededError
from sync.server.web.page import page

STATIC = Path(__file__).parent / "static"
RETRY_AFTER_S = 10

PARTS = (
    basics,
    catalogue,
    exports,
    imports,
    kiosks,
    login,
    metrics,
    money,
    overview,
    people,
    public,
    settings_pages,
    shops,
    suggestions,
)
"""The pages, each part with its router."""

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

_log = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """An application that brings its database up to date when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = Store(settings.database_url)
        try:
            migrate.upgrade(store)
            app.state.store = store
            own_work = _own_work(app, store, settings) if settings.works_alone else nullcontext()
            with closing(Intake(store)) as app.state.intake, own_work:
                yield
        finally:
            store.close()

    app = FastAPI(
        title="Adal",
        description="Central server of honesty shops: journals in, catalogues out.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    counts = app.state.counts = Counts()
    for part in (api, api_export, api_settings, api_voices, *PARTS):
        # Not include_router: it would work out every route anew, a tenth of a second and more.
        app.router.routes.extend(part.router.routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(Exception, _on_stumble)
    app.add_exception_handler(LoginNeededError, _on_login_needed)
    app.add_exception_handler(DBAPIError, _on_database_error)
    app.add_exception_handler(PoolTimeout, _on_database_error)
    app.add_middleware(CapRequests, caps=settings.caps)
    app.add_middleware(SecureHeaders)
    app.add_middleware(CountRequests, counts=counts)
    counts.learn_routes(app)

    def describe() -> dict[str, Any]:
        return openapi.describe(app)

    app.openapi = describe  # type: ignore[method-assign]  # how FastAPI wants it replaced
    return app


@contextmanager
def _own_work(app: FastAPI, store: Store, settings: Settings) -> Iterator[None]:
    """What the server does without being asked, as long as it runs."""
    with (
        watching(store, settings.alarms, settings.now_ms),
        checkpoints.making(store, settings.now_ms),
        every(30, "periods", lambda: periods.bring_up_to_date(store, settings.now_ms())),
        every(fresh.EVERY_S, "public", lambda: fresh.renew(app, store, settings.now_ms())),
    ):
        yield


class SecureHeaders:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def send_secure(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self._app(scope, receive, send_secure if scope["type"] == "http" else send)


def _answer(problem: wire.Problem, headers: dict[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(problem),
        status_code=STATUS_OF[problem.code],
        media_type=wire.JSON_TYPE,
        headers=headers,
    )


async def _on_login_needed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, LoginNeededError)
    return RedirectResponse(error.login_url, 303)


async def _on_problem(request: Request, error: Exception) -> Response:
    """For programs as JSON, for people as a page."""
    assert isinstance(error, ProblemError)
    if not request.url.path.startswith(wire.API):
        code = error.problem.code
        return page(request, "error.html", status=error.status, code=code, message=str(error))
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return _answer(error.problem, headers)


async def _on_http_error(request: Request, error: Exception) -> Response:
    """An address that nobody serves: a person who mistyped it reads no JSON."""
    assert isinstance(error, HTTPException)
    if _is_programs(request):
        return await http_exception_handler(request, error)
    code = "not_found" if error.status_code == 404 else ""
    answer = page(request, "error.html", status=error.status_code, code=code, message="")
    answer.headers.update(error.headers or {})
    return answer


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    """An address with a number that is none."""
    assert isinstance(error, RequestValidationError)
    if _is_programs(request):
        return await request_validation_exception_handler(request, error)
    return page(request, "error.html", status=422, code="not_found", message="")


async def _on_stumble(request: Request, _error: Exception) -> Response:
    """What nobody thought of; it is logged after this answer."""
    if _is_programs(request):
        return Response("Internal Server Error", 500, media_type="text/plain")
    answer = page(request, "error.html", status=500, code="broken", message="")
    answer.headers.update(SECURITY_HEADERS)
    return answer


def _is_programs(request: Request) -> bool:
    return request.url.path.startswith((wire.API, "/static"))


async def _on_database_error(request: Request, error: Exception) -> Response:
    if isinstance(error, DBAPIError) and not is_unavailable(error):
        raise error
    _log.error("The database cannot be used now: %s", error)
    problem = wire.Problem("unavailable", "The centre is busy; try again later.")
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    if _is_programs(request):
        return _answer(problem, headers)
    status = STATUS_OF[problem.code]
    answer = page(request, "error.html", status=status, code=problem.code, message=problem.message)
    answer.headers.update(headers)
    return answer
