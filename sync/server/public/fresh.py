"""The public figures are made before somebody asks for them: thousands of shops take a second."""

from __future__ import annotations

from fastapi import FastAPI
from sqlalchemy import true

from sync.server.money import books
from sync.server.public import cache
from sync.server.public.figures import WEEKS_SHOWN, Figures, figures
from sync.server.store import Store

EVERY_S = cache.LIFE_S / 2
"""Before what is there gets too old."""


def kept(app: FastAPI, store: Store, now_ms: int, weeks: int = WEEKS_SHOWN) -> Figures:
    """The figures of the last minute; made now if nobody did."""
    return cache.minute_of(app).get(("figures", weeks), now_ms, lambda: _make(store, now_ms, weeks))


def renew(app: FastAPI, store: Store, now_ms: int) -> None:
    """Makes what the pages show, while visitors read what is there."""
    minute = cache.minute_of(app)
    began = minute.age
    made = _make(store, now_ms, WEEKS_SHOWN)
    minute.put(("figures", WEEKS_SHOWN), now_ms, made, began)


def _make(store: Store, now_ms: int, weeks: int) -> Figures:
    # The money's sums are kept when somebody asks for them, and here everybody asks.
    books.catch_up(store, true())
    return store.read(lambda connection: figures(connection, now_ms, weeks))
