"""A statement brought in a real browser: the file stays chosen while its columns are looked at."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.sync.harness import SLUG, RunningServer
from tests.web.browser.looking import serious_faults
from tests.web.money_life import ALL_PAID, SPAN, MoneyLife, add_other_shop, bank_csv
from tests.web.people import logged_in

pytestmark = pytest.mark.web

CHROMIUM = "/usr/bin/chromium"
DAYS = f"since={SPAN['since']}&until={SPAN['until']}"


def test_a_statement_is_looked_at_taken_in_and_confirms_what_was_claimed(
    sqlite_server: RunningServer, tmp_path: Path
) -> None:
    MoneyLife(sqlite_server).two_weeks()
    add_other_shop(sqlite_server)
    person = logged_in(sqlite_server)
    file = tmp_path / "statement.csv"
    file.write_bytes(bank_csv(*ALL_PAID))
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            base_url=sqlite_server.url, viewport={"width": 390, "height": 844}
        )
        context.add_cookies(
            [
                {"name": name, "value": value, "url": sqlite_server.url}
                for name, value in person.http.cookies.items()
            ]
        )
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.goto("/money/bank?lang=en")
        page.get_by_label("Bank", exact=True).fill("Halyk")
        page.get_by_label("Statement's file").set_input_files(file)
        page.get_by_role("button", name="Look at it first").click()
        page.get_by_label("T-17").select_option(SLUG)
        page.get_by_role("button", name="Look at the file again").click()
        page.get_by_role("button", name="Take in: 3").click()
        page.get_by_text("matched: 3").wait_for()
        for path in ("/money", f"/money/shop/{SLUG}", "/money/bank"):
            page.goto(f"{path}?lang=en&{DAYS}")
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, path
            assert serious_faults(page) == [], path
        page.goto(f"/money?lang=en&{DAYS}")
        result = page.locator(".earned .result dd").inner_text()
        browser.close()
    assert result == "3\u00a0650\u00a0₸"
    assert complaints == []
