"""A price goes from a coordinator's browser to the shelf of a real kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sync.client import State
from tests.sync.harness import RunningServer, running, sqlite_url
from tests.sync.test_goods import BUN, WATER, Centrum, Kiosk
from tests.web.browser.looking import serious_faults
from tests.web.people import logged_in
from tests.web.test_catalogue_pages import PAGES

pytestmark = pytest.mark.web

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def centrum(tmp_path: Path) -> Iterator[Centrum]:
    with running(sqlite_url(tmp_path)) as server:
        server.add_shop()
        made = Centrum(server)
        made.put(WATER, BUN)
        yield made


def opened(browser: Browser, server: RunningServer, viewport: dict[str, int]) -> Page:
    context = browser.new_context(viewport=viewport)
    for name, value in logged_in(server).http.cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def test_a_price_that_is_published_in_the_browser_is_on_the_kiosks_shelf(
    browser: Browser, centrum: Centrum, tmp_path: Path
) -> None:
    kiosk = Kiosk(centrum, tmp_path / "kiosk")
    kiosk.contact()
    page = opened(browser, centrum.server, {"width": 1280, "height": 900})
    page.goto(f"{centrum.server.url}/catalogue?lang=en")
    page.get_by_role("link", name="Water").click()
    page.get_by_label("Price, ₸").first.fill("200")
    page.get_by_label("Urgent").first.check()
    page.get_by_role("button", name="Keep as draft").click()
    page.goto(f"{centrum.server.url}/catalogue/publish")
    row = page.get_by_role("row", name="Water")
    assert row.get_by_text("180").is_visible()
    assert row.get_by_text("200").is_visible()
    page.get_by_role("button", name="Publish").click()
    assert page.get_by_text("waits for its next contact").is_visible()
    assert kiosk.contact() is State.IN_STEP
    assert (kiosk.shelf.version, kiosk.price(WATER)) == (2, 200)
    kiosk.contact()
    page.reload()
    assert page.get_by_text("up to date").is_visible()
    page.context.close()
    kiosk.close()


def test_no_page_of_the_catalogue_has_a_serious_fault_or_a_sideways_scroll_on_a_phone(
    browser: Browser, centrum: Centrum
) -> None:
    centrum.price(BUN, centrum.here, 140, urgent=True)
    page = opened(browser, centrum.server, PHONE)
    for path in PAGES:
        page.goto(f"{centrum.server.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert serious_faults(page) == [], path
    page.context.close()
