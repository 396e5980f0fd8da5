"""Bringing a journal in a real browser, on a desk and on a telephone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.sync.harness import MemoryJournal, RunningServer, running, sqlite_url
from tests.sync.test_importing import written
from tests.sync.test_upload import aside, held, sent
from tests.web.browser.looking import look as fitting
from tests.web.people import logged_in

pytestmark = pytest.mark.web

PICTURES = os.environ.get("ADAL_PICTURES")
"""A folder for pictures of the pages, for eyes."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[RunningServer]:
    with running(sqlite_url(tmp_path)) as server:
        server.add_shop()
        server.add_shop("zhanaozen-school")
        yield server


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def screen(
    request: pytest.FixtureRequest, browser: Browser, served: RunningServer
) -> Iterator[BrowserContext]:
    """A browser of that size with somebody logged in; its console must stay silent."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en")
    jar = dict(logged_in(served).http.cookies)
    context.add_cookies([{"name": n, "value": v, "url": served.url} for n, v in jar.items()])
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    yield context
    context.close()
    assert complaints == []


def look(page: Page, name: str) -> None:
    """Nothing serious for axe, nothing wider than the screen; in each language a picture."""
    assert fitting(page) == []
    if PICTURES:
        width = page.viewport_size["width"]
        page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)


def test_a_new_kiosk_is_taken_in_without_choosing_the_file_again(
    screen: BrowserContext, served: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    journal.add_sales(230)
    path = written(journal, tmp_path / "journal.jsonl")
    page = screen.new_page()
    page.goto(f"{served.url}/imports")
    look(page, "empty")
    page.get_by_label("Journal's file").set_input_files(path)
    page.get_by_role("button", name="Take the file in").click()
    expect(page.get_by_text("Take this kiosk in?")).to_be_visible()
    look(page, "stranger")
    page.get_by_label("Shop", exact=True).select_option("aktau-tsc")
    page.get_by_label("Name on the kiosk's screen").fill(journal.identity.kiosk_id)
    page.get_by_role("button", name="Take the file in").click()
    expect(page.get_by_text("New: 230")).to_be_visible()
    look(page, "taken")
    assert held(served) == sent(journal)
    # The list below follows without loading the page again.
    expect(page.get_by_role("row", name=journal.identity.kiosk_id)).to_be_visible()


def test_a_changed_file_says_what_was_kept_aside_and_what_to_do(
    screen: BrowserContext, served: RunningServer, tmp_path: Path
) -> None:
    journal = MemoryJournal()
    served.enrol(journal)
    journal.add_sales(410)
    path = written(journal, tmp_path / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    lines[300] = lines[300].replace(b"checkout-300", b"checkout-999")
    path.write_bytes(b"".join(lines))
    page = screen.new_page()
    page.goto(f"{served.url}/imports")
    page.get_by_label("Journal's file").set_input_files(path)
    page.get_by_role("button", name="Take the file in").click()
    expect(page.get_by_text("does not fit its hash")).to_be_visible()
    expect(page.get_by_text("Entries kept aside", exact=True).first).to_be_visible()
    look(page, "aside")
    assert len(aside(served)) == 200
    for language in ("kk", "ru"):
        page.goto(f"{served.url}/imports?lang={language}")
        look(page, f"list-{language}")
