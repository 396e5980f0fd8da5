"""What a real browser makes of the inbox and the public pages: small screens, keys, contrast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from sync.server import checkpoints
from tests.sync.harness import SLUG, RunningServer, running, sqlite_url
from tests.web.browser.looking import look
from tests.web.people import logged_in
from tests.web.test_public import live
from tests.web.test_suggestions import WORDS, suggest

pytestmark = pytest.mark.web

PUBLIC = (
    "/",
    "/public/regions/47",
    f"/public/shops/{SLUG}",
    "/public/data",
    "/public/checkpoints",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningServer, str]]:
    """A shop with counted visits, one suggestion and today's checkpoint; the suggestion's page."""
    with running(sqlite_url(tmp_path_factory.mktemp("voices"))) as server:
        server.add_shop()
        live(server)
        _, _, address = suggest(server)
        checkpoints.make_due(server.store, server.settings.now_ms())
        yield server, address


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desk", "phone"])
def screen(
    request: pytest.FixtureRequest, browser: Browser, served: tuple[RunningServer, str]
) -> Iterator[BrowserContext]:
    """A browser of that size; its console must stay silent."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en")
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    yield context
    context.close()
    assert complaints == []


def enter(context: BrowserContext, server: RunningServer) -> None:
    """Logs in once for all tests of the server."""
    if server.url not in _jars:
        _jars[server.url] = dict(logged_in(server).http.cookies)
    jar = _jars[server.url]
    context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in jar.items()])


_jars: dict[str, dict[str, str]] = {}


def test_public_pages_fit_every_screen_and_everybody(
    screen: BrowserContext, served: tuple[RunningServer, str]
) -> None:
    page = screen.new_page()
    for path in PUBLIC:
        page.goto(f"{served[0].url}{path}")
        assert look(page) == [], path
    assert screen.cookies() == []


def test_the_inbox_fits_every_screen_and_everybody(
    screen: BrowserContext, served: tuple[RunningServer, str]
) -> None:
    server, address = served
    enter(screen, server)
    page = screen.new_page()
    for path in ("/suggestions", "/suggestions?status=all&age=30", address):
        page.goto(f"{server.url}{path}")
        assert look(page) == [], path


def test_an_answer_goes_from_the_inbox_to_everybodys_page(
    browser: Browser, served: tuple[RunningServer, str]
) -> None:
    server, _ = served
    context = browser.new_context(locale="en")
    enter(context, server)
    page = context.new_page()
    page.goto(f"{server.url}/suggestions")
    page.get_by_role("link", name=WORDS).click()
    page.get_by_role("button", name="We look after it").click()
    page.get_by_label("Қазақша").fill("Су дүйсенбіде келеді")
    page.get_by_role("button", name="Close with this answer").click()
    page.get_by_label("Show our reply").check()
    page.get_by_role("button", name="Save").click()
    stranger = browser.new_context(locale="en").new_page()
    stranger.goto(server.url)
    assert stranger.get_by_text("Су дүйсенбіде келеді").is_visible()
    assert stranger.get_by_text(WORDS).count() == 0
    with stranger.expect_download() as download:
        stranger.goto(f"{server.url}/public/checkpoints")
        stranger.locator("a[download]").first.click()
    assert download.value.suggested_filename.startswith("checkpoint-47-")
    stranger.context.close()
    context.close()
