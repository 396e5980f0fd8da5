"""Server commands work on a database that is up to date."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kiosk.domain.errors import ConfigError
from sync.cli.common import database_url
from sync.server import migrate
from sync.server.settings import wall_clock_ms
from sync.server.store import Store

R = TypeVar("R")


def write(options: argparse.Namespace, work: Callable[[Connection, int], R]) -> R:
    """Runs work on a database that is up to date."""
    store = Store(database_url(options))
    try:
        migrate.upgrade(store)
        now_ms = wall_clock_ms()
        return store.write(lambda connection: work(connection, now_ms))
    except DBAPIError as error:
        place = store.url.render_as_string(hide_password=True)
        raise ConfigError(f"The database {place} cannot be used: {error.orig}") from error
    finally:
        store.close()
