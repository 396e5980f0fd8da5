"""``adal-sync checkpoint``: what was signed about a region's journals, day by day."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from kiosk.domain.errors import ConfigError
from sync.cli.common import DONE, add_database_options, add_parser, database_url, show
from sync.server import checkpoints, migrate
from sync.server.server_key import server_key
from sync.server.settings import wall_clock_ms
from sync.server.store import Store
from sync.wire import to_base64


def add_commands(subparsers: Any) -> None:
    """Adds checkpoint make and checkpoint get."""
    summary = "sign what the journals are today, for anybody to keep"
    parser = subparsers.add_parser("checkpoint", help=summary, description=summary)
    group = parser.add_subparsers(required=True, metavar="COMMAND")
    make = add_parser(
        group,
        "make",
        checkpoint_make,
        "make today's checkpoint of each region that has none yet",
        "  adal-sync checkpoint make        once a day; more often changes nothing",
    )
    add_database_options(make)
    get = add_parser(
        group,
        "get",
        checkpoint_get,
        "write a checkpoint to a file",
        "  adal-sync checkpoint get --region 47 --out 47.json\n"
        "  adal-sync checkpoint get --region 47 --day 2026-11-21 --out 47.json\n"
        "  adal-sync verify journal.jsonl --checkpoint 47.json",
    )
    get.add_argument("--region", required=True, help="two digits, as 47 for Mangystau")
    get.add_argument("--day", default=checkpoints.LATEST, help="default: the latest")
    get.add_argument("--out", required=True, type=Path, metavar="FILE")
    add_database_options(get)


def checkpoint_make(options: argparse.Namespace) -> int:
    """Makes what is due."""
    store = _opened(options)
    try:
        made = checkpoints.make_due(store, wall_clock_ms())
        key = to_base64(server_key(store).public_key().public_bytes_raw())
    finally:
        store.close()
    text = f"Made for: {', '.join(made)}" if made else "Today's checkpoints are there already."
    show(options, {"made": made, "server_key": key}, f"{text}\nThe centre's key: {key}")
    return DONE


def checkpoint_get(options: argparse.Namespace) -> int:
    """Writes one to a file."""
    store = _opened(options)
    try:
        key = server_key(store).public_key().public_bytes_raw()
        found = store.read(lambda c: checkpoints.find(c, options.region, options.day, key))
    finally:
        store.close()
    options.out.write_bytes(found.to_file())
    heads = len(found.content.heads)
    show(
        options,
        {"region": found.content.region, "day": found.content.day, "heads": heads},
        f"{options.out}: region {found.content.region}, {found.content.day}, {heads} journals.",
    )
    return DONE


def _opened(options: argparse.Namespace) -> Store:
    store = Store(database_url(options))
    try:
        migrate.upgrade(store)
    except DBAPIError as error:
        place = store.url.render_as_string(hide_password=True)
        store.close()
        raise ConfigError(f"The database {place} cannot be used: {error.orig}") from error
    return store
