"""What one process counts: requests, and journals' batches."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync import wire

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
OTHER_ROUTE = "other"
"""Addresses that nobody serves: whoever tries them out makes no new label."""
JOURNAL_ROUTE = f"{wire.API}/journal"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counts(Collector):
    """The counters of one application; a registry of its own, nothing global."""

    def __init__(self) -> None:
        own = CollectorRegistry(auto_describe=False)
        self._own = own
        self._templates: dict[int, str] = {}
        self.requests = Histogram(
            "adal_http_request_seconds",
            "Requests answered, by route and class of status.",
            ("method", "route", "status"),
            buckets=_BUCKETS_S,
            registry=own,
        )
        self.batches = Counter(
            "adal_ingest_batches",
            "Batches of journals: new, known already, or refused.",
            ("outcome",),
            registry=own,
        )
        self.entries = Counter(
            "adal_ingest_entries",
            "Entries in batches that were new, or refused after they were read.",
            ("outcome",),
            registry=own,
        )
        self.ingest = Histogram(
            "adal_ingest_seconds",
            "From a batch's first byte to its answer after the commit.",
            buckets=_BUCKETS_S,
            registry=own,
        )

    def collect(self) -> Iterable[Metric]:
        """Of this process, or of all that share the folder in PROMETHEUS_MULTIPROC_DIR."""
        folder = os.environ.get(MULTIPROCESS_VARIABLE)
        if not folder:
            return list(self._own.collect())
        shared = CollectorRegistry(auto_describe=False)
        return list(MultiProcessCollector(shared, folder).collect())  # type: ignore[no-untyped-call]

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Counts one request; a batch of a journal as one, too."""
        route = self.route_of(scope)
        self.requests.labels(_method(scope), route, f"{status // 100}xx").observe(seconds)
        if route == JOURNAL_ROUTE and scope["method"] == "POST":
            self.batch(scope.get("state", {}).get("batch"), status < 400, seconds)

    def batch(self, read: tuple[str, int] | None, was_taken: bool, seconds: float) -> None:
        """Counts one batch.

        Args:
            read: ``new`` or ``known``, and how many new entries; None when it was not even read.
            was_taken: whether it was acknowledged.
            seconds: how long it took.
        """
        outcome, entries = read or ("refused", 0)
        outcome = outcome if was_taken else "refused"
        self.batches.labels(outcome).inc()
        self.entries.labels(outcome).inc(entries)
        self.ingest.observe(seconds)

    def learn_routes(self, app: FastAPI) -> None:
        """Routes do not know their prefix; the application does."""
        self._templates = {
            id(context.original_route): context.path
            for context in iter_route_contexts(app.routes)
            if context.path
        }

    def route_of(self, scope: Scope) -> str:
        """The template of the route that served, as ``/shops/{slug}``."""
        if str(scope["path"]).startswith("/static/"):
            return "/static"
        return self._templates.get(id(scope.get("route")), OTHER_ROUTE)


class CountRequests:
    """Counts every answer and how long it took, up to its last byte."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def send_noticed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noticed)
        finally:
            self._counts.answered(scope, status, time.perf_counter() - began)


def _method(scope: Scope) -> str:
    method: Any = scope["method"]
    return method if method in _METHODS else OTHER_ROUTE
