"""What every test stands on: a Kivy that keeps to itself, data folders of its own, PostgreSQL."""

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.private_postgres import PrivatePostgres, find_programs

IN_CI = bool(os.environ.get("CI"))
MACHINE_LACKS = "the machine itself lacks it: "
"""Begins the reason of a skip that no package could prevent; such a one may stand in CI too."""

# Before anything imports Kivy or asks for a data folder: neither may touch the person's own.
_own_folder = tempfile.TemporaryDirectory(prefix="adal-tests-", ignore_cleanup_errors=True)
for _name in ("KIVY_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
    os.environ[_name] = str(Path(_own_folder.name, _name.lower()))
    Path(os.environ[_name]).mkdir()
os.environ |= {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1"}

# Nothing is timed here (that is for tests/bench), and CI draws the same examples every time.
settings.register_profile("adal", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("adal")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a display a window test cannot run; CI has one, so there its absence is a failure."""
    if os.environ.get("DISPLAY") or IN_CI:
        return
    no_display = pytest.mark.skip(reason="no display: ./run test brings one")
    for item in items:
        if item.get_closest_marker("window"):
            item.add_marker(no_display)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI every test runs: one that was skipped there lacks something `./run test` must bring."""
    report = yield
    if (
        IN_CI
        and report.skipped
        and not hasattr(report, "wasxfail")
        and MACHINE_LACKS not in str(report.longrepr)
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI has what all tests need: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PrivatePostgres]:
    """Give a PostgreSQL server of our own on a loopback port, for this run of the tests."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed: apt-get install postgresql")
    with PrivatePostgres(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PrivatePostgres) -> Iterator[str]:
    """Give SQLAlchemy's URL of a new, empty PostgreSQL database; it is dropped after the test."""
    with postgres_server.new_database() as url:
        yield url
