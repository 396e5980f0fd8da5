"""``adal-sync fleet``: fills a centre with invented shops, through the real API."""

from __future__ import annotations

import argparse
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, select

from kiosk.domain.errors import ConfigError, SyncError
from sync.cli.bars import counting_bar
from sync.cli.common import DONE, add_database_options, add_parser, database_url, show
from sync.fleet.places import GOODS
from sync.fleet.running import Place, Plan, run_fleet
from sync.server import admin, catalogues, migrate
from sync.server.schema import shop
from sync.server.settings import Settings, wall_clock_ms
from sync.server.store import Store

START_TIMEOUT_S = 30.0


def add_commands(subparsers: Any) -> None:
    """Adds fleet."""
    parser = add_parser(
        subparsers,
        "fleet",
        fleet,
        "fill a centre with invented shops, for a demonstration",
        "  adal-sync fleet --shops 100 --days 30\n"
        "  adal-sync fleet --shops 3 --days 5 --seed 2 --db sqlite:////tmp/adal.db --json\n"
        "  adal-sync fleet --server http://127.0.0.1:8484 --db postgresql://adal@localhost/adal\n\n"
        "Shops and one-time codes are made in the database; everything else goes over HTTP.\n"
        "Without --server it serves the database itself meanwhile, with a clock that follows\n"
        "the invented days, so that silent shops are silent. Never use it on a real centre.",
    )
    parser.add_argument("--shops", type=int, default=100, help="how many (default: %(default)s)")
    parser.add_argument("--days", type=int, default=30, help="how long (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same lives")
    parser.add_argument("--workers", type=int, default=4, help="kiosks that send at once")
    parser.add_argument("--server", metavar="URL", help="a running centre over the same database")
    add_database_options(parser)


def fleet(options: argparse.Namespace) -> int:
    """Fills the centre and says with what."""
    if not (1 <= options.shops <= 2000 and 1 <= options.days <= 400 and 1 <= options.workers <= 64):
        raise ConfigError("Use 1 to 2000 shops, 1 to 400 days, 1 to 64 workers.")
    plan = Plan(options.shops, options.days, options.seed, wall_clock_ms())
    store = Store(database_url(options))
    clock = Clock()
    try:
        migrate.upgrade(store)
        store.read(lambda connection: _require_free(connection, plan))
        store.write(lambda connection: _stock_up(connection, clock()))
        began_s = time.monotonic()
        with _centre(options, clock) as server_url, _progress(options, plan) as progress:
            summary = run_fleet(
                plan,
                server_url,
                lambda place: _code_for(store, place, clock()),
                workers=options.workers,
                set_clock=clock.set if options.server is None else lambda _: None,
                progress=progress,
            )
    finally:
        store.close()
    result = {**asdict(summary), "seconds": round(time.monotonic() - began_s, 1)}
    show(
        options,
        result,
        f"{summary.entries} entries of {summary.shops} shops in {summary.regions} regions, "
        f"{summary.days} days; {summary.suggestions} suggestions; "
        f"silent: {', '.join(summary.silent) or 'none'}.",
    )
    return DONE


class Clock:
    """The system's time, until it is set."""

    def __init__(self) -> None:
        self._at_ms: int | None = None

    def __call__(self) -> int:
        return wall_clock_ms() if self._at_ms is None else self._at_ms

    def set(self, at_ms: int) -> None:
        """It stands there from now on."""
        self._at_ms = at_ms


def _require_free(connection: Connection, plan: Plan) -> None:
    """A seed's shops live once in a database, also when their lives broke off.

    Raises:
        ConfigError: when they are there already.
    """
    taken = select(shop.c.slug).where(shop.c.slug.startswith(f"demo{plan.seed}-")).limit(1)
    if connection.execute(taken).first() is not None:
        raise ConfigError(
            f"The invented shops of seed {plan.seed} are in this database already. "
            f"Take another one (--seed {plan.seed + 1}) or an empty database."
        )


def _stock_up(connection: Connection, now_ms: int) -> None:
    """A centre without any goods gets those that the invented shops sell."""
    if not catalogues.current_version(connection):
        catalogues.put(connection, [goods.product for goods in GOODS], now_ms)


def _code_for(store: Store, place: Place, now_ms: int) -> str:
    def work(connection: Connection) -> str:
        admin.add_shop(connection, **asdict(place), now_ms=now_ms)
        return admin.make_code(connection, shop_slug=place.slug, auto_approve=True, now_ms=now_ms)

    return store.write(work)


@contextmanager
def _centre(options: argparse.Namespace, clock: Callable[[], int]) -> Iterator[str]:
    """The centre that was named, or one of our own over the same database."""
    if options.server is not None:
        yield options.server
        return
    import uvicorn

    from sync.server.app import create_app

    settings = Settings(database_url(options), now_ms=clock)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        give_up_at = time.monotonic() + START_TIMEOUT_S
        while not server.started:
            if time.monotonic() > give_up_at or not thread.is_alive():
                raise SyncError("The centre did not start; try: adal-sync serve.")
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(START_TIMEOUT_S)


@contextmanager
def _progress(options: argparse.Namespace, plan: Plan) -> Iterator[Callable[[int], None]]:
    with counting_bar(options) as bar:
        task = bar.add_task("Days of shops", total=plan.shops * plan.days)
        yield lambda count: bar.advance(task, count)
