"""The settings' page in a real browser: small screens, the keyboard, contrast; a change and a PIN."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from sync.server.accounts.roles import Role, Scope
from tests.sync.harness import RunningServer, running, sqlite_url
from tests.web.browser.looking import look
from tests.web.people import logged_in
from tests.web.test_settings import PAGE, REGION_PAGE, document, fetch, issue, kiosk_of, save

pytestmark = pytest.mark.web


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, dict]]:
    """A shop with settings, a volunteer, kiosks that say different things; and somebody's login."""
    with running(sqlite_url(tmp_path_factory.mktemp("settings"))) as server:
        server.add_shop()
        person = logged_in(server, Role.REGION, Scope("47"))
        save(person, REGION_PAGE, **{"idle.warn_after_s": "90", "cash.coins_tenge": ["5", "10"]})
        save(person, **{"shop.name.kk": "Порт", "qr.payload": "https://pay.example/" + "a" * 200})
        issue(person, "Ерлан")
        fetch(kiosk_of(server), have=1, in_effect="0", refused="language,qr.payload")
        kiosk_of(server)
        yield server, dict(person.http.cookies)


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def screen(
    request: pytest.FixtureRequest, browser: Browser, served: tuple[RunningServer, dict]
) -> Iterator[BrowserContext]:
    """A browser of that size; its console must stay silent."""
    context = opened(browser, served, *request.param)
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    yield context
    context.close()
    assert complaints == []


def opened(
    browser: Browser, served: tuple[RunningServer, dict], width: int = 1280, height: int = 900
) -> BrowserContext:
    server, jar = served
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en")
    context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in jar.items()])
    return context


def test_the_pages_fit_every_screen_and_everybody(
    screen: BrowserContext, served: tuple[RunningServer, dict]
) -> None:
    page = screen.new_page()
    for language in ("kk", "ru", "en"):
        for path in (PAGE, REGION_PAGE):
            page.goto(f"{served[0].url}{path}?lang={language}")
            assert look(page) == [], (path, language)


def test_a_change_and_a_pin_by_keyboard_and_click(
    browser: Browser, served: tuple[RunningServer, dict]
) -> None:
    server, _ = served
    given = kiosk_of(server)
    before = document(given)
    context = opened(browser, served)
    page = context.new_page()
    page.goto(f"{server.url}{PAGE}?lang=en")
    thanks = page.get_by_role("group", name="Thanks stay on screen").get_by_label("Seconds")
    thanks.fill("3")
    thanks.press("Enter")
    assert page.get_by_text("Nothing was saved yet").is_visible()
    assert look(page) == []
    assert document(given).version == before.version
    thanks.fill("9")
    thanks.press("Enter")
    assert page.get_by_text("Nothing was saved yet").count() == 0
    now = document(given, before.version)
    assert now.values == {**before.values, "idle.thanks_s": 9}
    page.get_by_role("button", name="Back to default: Thanks stay on screen").click()
    assert document(given, now.version).values == before.values
    page.get_by_label("Name", exact=True).fill("Әсел")
    page.get_by_role("button", name="Issue the PIN").click()
    pin = page.locator(".pin").inner_text()
    assert len(pin) == 6
    assert look(page) == []
    page.emulate_media(media="print")
    assert not page.locator(".pin").is_visible(), "paper lies about"
    page.emulate_media(media="screen")
    page.reload()
    assert page.get_by_text(pin).count() == 0
    context.close()
