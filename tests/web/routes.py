"""Every address of the centre, found in the application itself, and what may be done there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts

from sync.server.app import create_app
from sync.server.settings import Settings
from sync.server.web import guard

API = "/api/v1"


@dataclass(frozen=True)
class Route:
    """One address and what may be done there."""

    path: str
    method: str
    takes_change: bool
    takes_person: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _dependencies(dependant: Any) -> Iterator[Any]:
    for one in dependant.dependencies:
        yield one.call
        yield from _dependencies(one)


def all_routes() -> list[Route]:
    app = create_app(Settings("sqlite:////nowhere/adal.db"))
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        calls = set(_dependencies(route.dependant))
        for method in sorted(context.methods or ()):
            person = bool(calls & {guard.reader, guard.meant, guard.change})
            found.append(Route(context.path, method, guard.change in calls, person))
    return found


ROUTES = all_routes()
PAGES = [r for r in ROUTES if r.method == "GET" and not r.path.startswith(API)]
FORMS = [r for r in ROUTES if r.method != "GET" and not r.path.startswith(API)]
CHANGES = [r for r in FORMS if r.takes_change]
