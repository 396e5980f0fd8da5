"""The same tests over both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync.harness import RunningServer, migrated_sqlite_url, running, sqlite_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return sqlite_url(tmp_path)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of the newest schema without rows."""
    if request.param == "postgres":
        return str(request.getfixturevalue("migrated_postgres_url"))
    return migrated_sqlite_url(tmp_path)


@pytest.fixture
def server(migrated_url: str) -> Iterator[RunningServer]:
    """A running server with one shop, on either database."""
    with running(migrated_url) as running_server:
        running_server.add_shop()
        yield running_server


@pytest.fixture
def sqlite_server(tmp_path: Path) -> Iterator[RunningServer]:
    """A running server with one shop, where the database does not matter."""
    with running(migrated_sqlite_url(tmp_path)) as running_server:
        running_server.add_shop()
        yield running_server
