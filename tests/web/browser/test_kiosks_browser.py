"""Kiosks in a real browser: a code from the page enrols a real kiosk; every page on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from kiosk.centre_address import invitation_in
from kiosk.enrolling import enrol_kiosk
from kiosk.journal import Journal
from tests.sync.harness import SLUG, MemoryJournal, RunningServer, running, sqlite_url
from tests.web.browser.looking import look
from tests.web.test_kiosks import fork

pytestmark = pytest.mark.web

_jars: dict[str, dict[str, str]] = {}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, str, str]]:
    """A server with a kiosk of two branches and one that waits, by their numbers."""
    with running(sqlite_url(tmp_path_factory.mktemp("kiosks"))) as server:
        server.add_shop()
        copy, person = fork(server)
        _jars[server.url] = dict(person.http.cookies)
        waiting = MemoryJournal()
        server.enrol(waiting, auto_approve=False)
        server.code()
        yield server, copy.identity.kiosk_id, waiting.identity.kiosk_id


def entered(browser: Browser, server: RunningServer, width: int, height: int) -> BrowserContext:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en")
    jar = _jars[server.url]
    context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in jar.items()])
    return context


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)], ids=["desk", "phone"])
def test_the_pages_of_kiosks_fit_every_screen_and_everybody(
    browser: Browser, served: tuple[RunningServer, str, str], width: int, height: int
) -> None:
    server, forked, waiting = served
    context = entered(browser, server, width, height)
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    page = context.new_page()
    for path in (
        "/kiosks",
        f"/kiosks/{forked}",
        f"/kiosks/{waiting}",
        f"/kiosks/{forked}/revoke",
        f"/kiosks/{forked}/replace",
        f"/kiosks/{forked}/quarantine",
        "/kiosks/enrol",
        "/kiosks/shops/new",
        f"/kiosks/shops/{SLUG}",
        "/enrol",
    ):
        page.goto(f"{server.url}{path}")
        assert look(page) == [], path
    page.goto(f"{server.url}/kiosks/enrol")
    page.get_by_role("button", name="Make the code").click()
    assert look(page) == []
    assert complaints == []
    context.close()


def test_a_real_kiosk_enrols_by_the_picture_that_the_page_shows(
    browser: Browser, served: tuple[RunningServer, str, str], tmp_path: Path
) -> None:
    server, _, _ = served
    context = entered(browser, server, 1280, 900)
    page = context.new_page()
    page.goto(f"{server.url}/kiosks")
    page.get_by_role("link", name="Enrol a kiosk").click()
    page.get_by_label("Approve first").check()
    page.get_by_role("button", name="Make the code").click()
    picture = Image.open(BytesIO(page.locator(".qr").screenshot())).convert("RGB")
    [seen] = zxingcpp.read_barcodes(np.asarray(picture))
    found = invitation_in(seen.text)
    assert found is not None
    address, code = found
    assert address == server.url
    assert code == page.locator("code.code").inner_text()
    Journal.open(tmp_path).close()
    enrolled = enrol_kiosk(tmp_path, address, code)
    assert (enrolled.shop.slug, enrolled.status) == (SLUG, "pending")
    page.goto(f"{server.url}/kiosks/{enrolled.kiosk_id}")
    page.get_by_role("button", name="Approve").click()
    assert page.locator(".facts .standing").inner_text() == "in use"
    page.get_by_role("link", name="Shut out").click()
    page.get_by_role("button", name="Yes, shut it out").click()
    assert page.locator(".facts .standing").inner_text() == "shut out"
    context.close()


def test_entries_set_aside_are_decided_with_the_keyboard_alone(
    browser: Browser, served: tuple[RunningServer, str, str]
) -> None:
    server, forked, _ = served
    context = entered(browser, server, 1280, 900)
    page = context.new_page()
    page.goto(f"{server.url}/kiosks/{forked}/quarantine")
    page.get_by_label("Choose entry 1/4").focus()
    page.keyboard.press("Space")
    page.get_by_label("Genuine").focus()
    page.keyboard.press("Space")
    page.get_by_label("Why").focus()
    page.keyboard.type("the card was copied")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Choose entry 1/4")).to_have_count(0)
    page.get_by_role("link", name="Decided").click()
    assert page.get_by_text("the card was copied").is_visible()
    context.close()
