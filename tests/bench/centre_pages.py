"""A coordinator's pages, asked for over HTTP one after the other, and what each one costs.

Counted are the time of its data function (all that it reads of the database, who is logged in
too), the processor time of that (Python's thread and the database's own process, where it runs on
this machine), each SQL statement by itself with the fetching of its rows, and the time of the
whole answer.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Connection

from sync.fleet.places import REGIONS
from sync.server.accounts import people, sessions
from sync.server.accounts.roles import Role, Scope
from sync.server.app import create_app
from sync.server.settings import Settings
from sync.server.store import Store
from sync.server.web.guard import COOKIE
from tests.bench.centre_goods import NOW_MS
from tests.bench.centre_statements import TimedStore

ASKED = 40
WARM_UP = 3
REGION = REGIONS[0]
"""The largest."""
_MONTH = "since=2026-10-01&until=2026-10-31"


def _any_shop(path: str) -> Callable[[random.Random, int], str]:
    """Another shop each time."""
    return lambda rng, shops: path.replace("SHOP", f"shop-{rng.randrange(shops)}")


def _any_region(path: str) -> Callable[[random.Random, int], str]:
    return lambda rng, _: path.replace("REGION", rng.choice(REGIONS))


def _always(path: str) -> Callable[[random.Random, int], str]:
    return lambda *_: path


PAGES: dict[str, Callable[[random.Random, int], str]] = {
    "overview": _always("/overview"),
    "overview_week": _always("/overview?by=week"),
    "overview_till": _always("/overview?by=till"),
    "overview_all_alarms": _always("/overview?all=true"),
    "country_30_days": _always("/country"),
    "country_90_days": _always("/country?days=90"),
    "country_365_days": _always("/country?days=365"),
    "region_30_days": _any_region("/regions/REGION"),
    "largest_region_30_days": _always(f"/regions/{REGION}"),
    "region_365_days": _any_region("/regions/REGION?days=365"),
    "shop_30_days": _any_shop("/shops/SHOP"),
    "shop_365_days": _any_shop("/shops/SHOP?days=365"),
    "journal": _any_shop("/shops/SHOP/journal"),
    "journal_day": _any_shop("/shops/SHOP/journal?day=2026-11-02"),
    "journal_type": _any_shop("/shops/SHOP/journal?type=help_call"),
    "journal_receipt": _any_shop("/shops/SHOP/journal?receipt=ABCDEF"),
    "sale_by_receipt": _any_shop("/shops/SHOP/sales/ABCDEF"),
    "money": _always("/money"),
    "money_month": _always(f"/money?{_MONTH}"),
    "money_year": _always("/money?since=2026-01-01&until=2026-12-31"),
    "money_shop": _any_shop("/money/shop/SHOP"),
    "money_shop_month": _any_shop(f"/money/shop/SHOP?{_MONTH}"),
    "catalogue": _always("/catalogue"),
    "catalogue_unknown": _always("/catalogue/unknown"),
    "catalogue_changes": _always("/catalogue/changes"),
    "catalogue_publish": _always("/catalogue/publish"),
    "catalogue_versions": _always("/catalogue/versions"),
    "kiosks": _always("/kiosks"),
    "suggestions": _always("/suggestions"),
    "suggestions_all": _always("/suggestions?status=all"),
    "channels": _always("/overview/channels"),
    "exports": _always("/exports"),
    "people": _always("/people"),
    "audit": _always("/audit"),
    "public": _always("/"),
    "public_region": _any_region("/public/regions/REGION"),
    "public_shop": _any_shop("/public/shops/SHOP"),
    "public_checkpoints": _always("/public/checkpoints"),
}
"""Every page that is opened by hand; the public ones with the minute they are kept for."""

OF_A_REGION = ("overview", "largest_region_30_days", "money", "catalogue_unknown", "suggestions")
"""What a region's coordinator opens too."""


@dataclass
class Times:
    """Of one page, in milliseconds; ``size_bytes``: its size.

    ``data_ms``: its data function, Python and all; ``queries_ms``: the database's answers in it,
    all together, until the last row is read; ``statements_ms``: each of them by its text.
    """

    data_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    http_ms: list[float] = field(default_factory=list)
    size_bytes: int = 0
    queries_ms: list[float] = field(default_factory=list)
    statements_ms: dict[str, list[float]] = field(default_factory=dict)

    @property
    def worst_statement(self) -> tuple[float, str]:
        """The slowest statement of the page: its p95 and its text."""
        often = [(p95(ms), text) for text, ms in self.statements_ms.items() if len(ms) > 1]
        return max(often, default=(0.0, ""))


def ask_all(url: str, shops: int, only: str) -> dict[str, Times]:
    store = TimedStore(url)
    cookies = store.write(_log_in)
    found: dict[str, Times] = {}
    with serving(store) as (app, address):
        for who, cookie in cookies.items():
            with httpx.Client(base_url=address, cookies={COOKIE: cookie}, timeout=120) as client:
                for name, path in PAGES.items():
                    if (who == "region" and name not in OF_A_REGION) or only not in name:
                        continue
                    shown = name if who == "country" else f"{name}_of_region"
                    times = _ask(store, app, client, path, shops)
                    if times is not None:
                        found[shown] = times
    return found


def _ask(
    store: TimedStore,
    app: FastAPI,
    client: httpx.Client,
    path: Callable[[random.Random, int], str],
    shops: int,
) -> Times | None:
    """None for a page that this version does not have."""
    rng, times = random.Random(2), Times()
    for number in range(WARM_UP + ASKED):
        asked = path(rng, shops)
        store.spent_s = store.cpu_s = 0.0
        store.statements.taken()
        began_s = time.perf_counter()
        answer = client.get(asked)
        http_ms = (time.perf_counter() - began_s) * 1e3
        if answer.status_code == 404 and "/sales/" not in asked:
            return None
        if answer.status_code not in (200, 404):
            raise RuntimeError(f"{asked}: {answer.status_code} {answer.text[:200]}")
        if number >= WARM_UP:
            times.data_ms.append(store.spent_s * 1e3)
            times.cpu_ms.append(store.cpu_s * 1e3)
            times.http_ms.append(http_ms)
            times.size_bytes = len(answer.content)
            asked_ms = store.statements.taken()
            times.queries_ms.append(sum(map(sum, asked_ms.values())))
            for statement, spent_ms in asked_ms.items():
                times.statements_ms.setdefault(statement, []).extend(spent_ms)
    return times


@contextmanager
def serving(store: Store) -> Iterator[tuple[FastAPI, str]]:
    """The real application in a thread, on that store."""
    address = store.url.render_as_string(hide_password=False)
    app = create_app(replace(Settings(address), now_ms=lambda: NOW_MS, works_alone=False))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The centre did not start.")
        time.sleep(0.02)
    own = app.state.store
    app.state.store = store
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield app, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
        own.close()
        store.close()


def _log_in(connection: Connection) -> dict[str, str]:
    found = {}
    name = random.randbytes(4).hex()
    roles = {"country": (Role.NATIONAL, Scope()), "region": (Role.REGION, Scope(REGION))}
    for who, (role, scope) in roles.items():
        account_id = people.add(
            connection,
            email=f"{who}-{name}@example.kz",
            name=who,
            role=role,
            scope=scope,
            password="a lobby with an honest shelf",
            language="kk",
            now_ms=NOW_MS,
        )
        found[who] = sessions.begin(connection, account_id, NOW_MS)
    return found


def p95(times_ms: list[float]) -> float:
    """The time that nineteen in twenty stay below."""
    return statistics.quantiles(times_ms, n=20)[-1]
