"""A running server for each test, on both databases; and one that many tests share."""

from collections.abc import Iterator

import pytest

from tests.sync.conftest import database_url, migrated_url, server, sqlite_server
from tests.sync.harness import RunningServer, migrated_sqlite_url, running

__all__ = ["database_url", "migrated_url", "server", "sqlite_server"]


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for all tests of a module that leave it as it was."""
    with running(migrated_sqlite_url(tmp_path_factory.mktemp("shared"))) as made:
        made.add_shop()
        yield made
