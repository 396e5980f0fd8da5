"""What every test stands on: a Kivy that keeps to itself, data folders of its own, PostgreSQL."""

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import kiosk.scanner  # noqa: F401  numpy, which comes later, shall have one thread as in a kiosk
from kiosk.screens.window import WindowSettings, harden
from tests.places import quick_place
from tests.private_postgres import PrivatePostgres, find_programs
from tests.sharing import SharedByFile, long_first

IN_CI = bool(os.environ.get("CI"))
MACHINE_LACKS = "the machine itself lacks it: "
"""Begins the reason of a skip that no package could prevent; such a one may stand in CI too."""

# Before anything imports Kivy or asks for a data folder: neither may touch the person's own.
_own_folder = tempfile.TemporaryDirectory(
    prefix="adal-tests-", dir=quick_place(), ignore_cleanup_errors=True
)
for _name in ("KIVY_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
    os.environ[_name] = str(Path(_own_folder.name, _name.lower()))
    Path(os.environ[_name]).mkdir()
os.environ |= {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1"}

# Before any test's module imports Kivy, which makes its clock of these settings when it is: with its
# own it holds every frame back to 60 in a second.
WINDOW_PX = (1280, 800)
harden(WindowSettings(*WINDOW_PX, fps_max=0))

# Under which pytest makes every test's folder (tmp_path).
if _quick := quick_place():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _quick)

# Nothing is timed here (that is for tests/bench), and CI draws the same examples every time.
settings.register_profile("adal", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("adal")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedByFile | None:
    """For ``--dist loadfile``; with ``-p no:xdist`` nobody asks."""
    return SharedByFile(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a display a window test cannot run; CI has one, so there its absence is a failure."""
    long_first(items)
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


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """Give an empty folder where the system keeps its temporary files, for what waits on a disk."""
    with tempfile.TemporaryDirectory(prefix="adal-test-") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PrivatePostgres]:
    """Give a PostgreSQL server of our own on a loopback port, for this run of the tests."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed: apt-get install postgresql")
    with PrivatePostgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PrivatePostgres) -> str:
    """Give the name of a database of the centre's newest schema, to be copied."""
    from sync.server import migrate
    from sync.server.store import Store

    store = Store(postgres_server.lasting_database("adal_newest"))
    migrate.upgrade(store)
    store.close()
    return "adal_newest"


@pytest.fixture
def migrated_postgres_url(
    postgres_server: PrivatePostgres, postgres_template: str
) -> Iterator[str]:
    """As ``postgres_url``, with the newest schema and no rows."""
    with postgres_server.new_database(postgres_template) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: PrivatePostgres) -> Iterator[str]:
    """Give SQLAlchemy's URL of a new, empty PostgreSQL database; it is dropped after the test."""
    with postgres_server.new_database() as url:
        yield url
