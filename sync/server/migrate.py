"""Brings the database to the schema of this version, step by step, both ways."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from sync.server.store import Store

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(store: Store, revision: str = "head") -> None:
    """Up to a revision, in one transaction."""
    store.write(lambda connection: command.upgrade(_config(connection), revision))


def downgrade(store: Store, revision: str) -> None:
    """Down to a revision, in one transaction; ``base`` takes everything away."""
    store.write(lambda connection: command.downgrade(_config(connection), revision))


def revision_of(connection: Connection) -> str | None:
    """The revision that a database stands at."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str:
    """The revision that this version of the program needs; its scripts are read once."""
    return ScriptDirectory.from_config(_config(None)).get_current_head() or ""


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
