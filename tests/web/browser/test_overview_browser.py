"""The overview in a real browser: the map by keyboard, an alarm looked after, small screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from kiosk.domain.entries import CashCount, HelpCall, UnknownScan
from sync.server.alarms.service import Watch
from sync.server.alarms.settings import AlarmSettings
from tests.sync.harness import MemoryJournal, RunningServer, running, sale, sqlite_url
from tests.sync.test_upload import push
from tests.web.people import logged_in

pytestmark = pytest.mark.web

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One shop with a call, a gap in its box and a code that nobody knows."""
    with running(sqlite_url(tmp_path_factory.mktemp("troubled"))) as server:
        server.add_shop()
        journal, now_ms = MemoryJournal(), server.settings.now_ms()
        given = server.enrol(journal)
        journal.add(sale(1, 250, 4), now_ms)
        journal.add(CashCount({"n500": 4}, "v", 5_000), now_ms)
        journal.add(HelpCall("basket", "kk"), now_ms)
        for _ in range(3):
            journal.add(UnknownScan("4600051000057", "EAN-13", "04600051000057"), now_ms)
        push(journal, given)
        Watch(server.store, AlarmSettings(), server.settings.now_ms).run_once()
        yield server


@pytest.fixture(scope="module")
def cookies(troubled: RunningServer) -> dict[str, str]:
    return dict(logged_in(troubled).http.cookies)


@pytest.fixture
def inside(
    browser: Browser, troubled: RunningServer, cookies: dict[str, str]
) -> Iterator[BrowserContext]:
    """A coordinator's browser; its console must stay silent."""
    context = browser.new_context(viewport=DESKTOP)
    context.add_cookies([{"name": n, "value": v, "url": troubled.url} for n, v in cookies.items()])
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    yield context
    context.close()
    assert complaints == []


def go(context: BrowserContext, server: RunningServer, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}{path}")
    return page


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(
    "path", ["/overview", "/overview?by=week&lang=ru", "/overview/channels?lang=kk"]
)
def test_pages_fit_the_screen_and_nothing_is_in_anybodys_way(
    inside: BrowserContext, troubled: RunningServer, path: str, size: dict[str, int]
) -> None:
    page = go(inside, troubled, path)
    page.set_viewport_size(size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    faults = [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in Axe().run(page).response["violations"]
    ]
    assert faults == []


def test_the_map_is_walked_by_keyboard_from_north_to_south(
    inside: BrowserContext, troubled: RunningServer
) -> None:
    page = go(inside, troubled, "/overview?lang=en")
    tiles = page.locator(".map .tile")
    assert tiles.count() == 20
    tiles.first.focus()
    tops = []
    for _ in range(20):
        box = page.evaluate(
            "(b => [b.top, b.left])(document.activeElement.getBoundingClientRect())"
        )
        tops.append((round(box[0]), round(box[1])))
        page.keyboard.press("Tab")
    assert tops == sorted(tops)
    aktau = page.locator('.map a[href="/regions/47"]')
    assert "Mangystau" in aktau.inner_text()
    assert "3" in aktau.inner_text()


def test_on_a_phone_the_map_is_a_list_that_begins_with_what_matters(
    inside: BrowserContext, troubled: RunningServer
) -> None:
    page = go(inside, troubled, "/overview?lang=en")
    page.set_viewport_size(PHONE)
    assert not page.locator(".map").is_visible()
    shown = page.locator(".map-list .tile")
    assert shown.count() == 1
    assert "Mangystau" in shown.first.inner_text()


def test_somebody_looks_after_an_alarm_with_the_keyboard_alone(
    inside: BrowserContext, troubled: RunningServer
) -> None:
    page = go(inside, troubled, "/overview?lang=en")
    first = page.locator(".alarm").first
    kind = first.locator("strong").inner_text()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("On my way")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    last = page.locator(".alarm").last
    assert last.locator("strong").inner_text() == kind
    assert "On my way" in last.inner_text()
    assert "Looked after" in last.inner_text()
