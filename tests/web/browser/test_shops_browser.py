"""What a real browser makes of shop and region pages: charts, their numbers, small screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.sync.harness import SLUG, RunningServer, running, sqlite_url
from tests.web.browser.looking import serious_faults
from tests.web.people import logged_in
from tests.web.shop_life import DAY_MS, ShopLife
from tests.web.test_shops import add_shop

pytestmark = pytest.mark.web

PAGES = (f"/shops/{SLUG}", f"/shops/{SLUG}/journal", "/regions/47", "/country")


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Six shops with four counted visits each; the last one loses a fifth."""
    with running(sqlite_url(tmp_path_factory.mktemp("lively"))) as server:
        server.add_shop()
        slugs = [SLUG, *(f"shop-{n}" for n in range(5))]
        for number, slug in enumerate(slugs[1:]):
            add_shop(server, slug, f"№ {number + 1} <мектеп>", "47")
        for number, slug in enumerate(slugs):
            life = ShopLife(server.settings.now_ms() - 9 * DAY_MS)
            life.visit("v0")
            for visit in range(1, 5):
                life.next_day()
                for _ in range(4 + number):
                    life.sell("choco", 1 + visit % 2)
                loses = 1_000 if slug == slugs[-1] else 10 * (visit + number) % 30
                life.visit(f"v{visit}", missing_tenge=loses)
            life.sell("water", qr=True)
            life.send(server, slug)
        yield server


@pytest.fixture
def inside(browser: Browser, lively: RunningServer) -> Iterator[BrowserContext]:
    """A national coordinator's browser; its console must stay silent."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    jar = logged_in_once(lively)
    context.add_cookies([{"name": n, "value": v, "url": lively.url} for n, v in jar.items()])
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(f"{m.type}: {m.text}"))
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    yield context
    context.close()
    assert complaints == []


_jars: dict[str, dict[str, str]] = {}


def logged_in_once(server: RunningServer) -> dict[str, str]:
    """The cookies of one login for all tests of a server."""
    if server.url not in _jars:
        _jars[server.url] = dict(logged_in(server).http.cookies)
    return _jars[server.url]


def go(context: BrowserContext, server: RunningServer, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{server.url}{path}")
    page.wait_for_load_state("networkidle")
    return page


def test_a_chart_is_drawn_its_numbers_fold_away_and_the_arrow_keys_read_it(
    inside: BrowserContext, lively: RunningServer
) -> None:
    page = go(inside, lively, f"/shops/{SLUG}?lang=en")
    chart = page.locator("#ratios")
    assert chart.get_attribute("data-drawn") == "true"
    box = chart.locator("canvas").first.bounding_box()
    assert box is not None
    assert box["width"] > 900
    assert not chart.locator("table").is_visible()
    reading = chart.locator(".chart-reading")
    newest = reading.inner_text()
    assert "Till ratio: 9" in newest
    chart.locator(".chart-drawing").focus()
    page.keyboard.press("ArrowLeft")
    assert reading.inner_text() != newest
    page.keyboard.press("End")
    assert reading.inner_text() == newest
    chart.locator("summary").click()
    assert chart.locator("tbody tr").count() == 4


def test_the_pointer_reads_the_day_under_it(inside: BrowserContext, lively: RunningServer) -> None:
    page = go(inside, lively, f"/shops/{SLUG}?lang=en")
    box = page.locator("#sales canvas").first.bounding_box()
    assert box is not None
    reading = page.locator("#sales .chart-reading")
    page.mouse.move(box["x"] + 110, box["y"] + 100)
    first = reading.inner_text()
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + 100)
    assert first != reading.inner_text()
    assert page.locator("#sales tbody th").nth(1).text_content() in first


def test_without_scripts_and_on_paper_every_number_is_there(
    browser: Browser, inside: BrowserContext, lively: RunningServer
) -> None:
    page = go(inside, lively, "/regions/47?lang=en")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#funnel table").is_visible()
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(
        [{"name": n, "value": v, "url": lively.url} for n, v in logged_in_once(lively).items()]
    )
    page = go(plain, lively, "/regions/47?lang=en")
    assert page.locator("#sales table").is_visible()
    assert not page.locator("#sales .chart-drawing").is_visible()
    plain.close()


def test_the_shop_that_loses_a_fifth_stands_first_and_in_the_funnel(
    inside: BrowserContext, lively: RunningServer
) -> None:
    page = go(inside, lively, "/regions/47?lang=en")
    first = page.locator("#shops ~ .sheet tbody tr").first
    assert "№ 5 <мектеп>" in first.inner_text()
    assert "Clearly below the others" in first.inner_text()
    assert page.locator("#funnel").get_attribute("data-drawn") == "true"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_nothing_is_cut_off_on_a_phone(
    inside: BrowserContext, lively: RunningServer, language: str
) -> None:
    page = inside.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES:
        page.goto(f"{lively.url}{path}?lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_no_motion_for_those_who_asked_for_none(
    inside: BrowserContext, lively: RunningServer
) -> None:
    page = inside.new_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{lively.url}/shops/{SLUG}")
    page.wait_for_selector("#sales[data-drawn]")
    moves = page.evaluate(
        "echarts.getInstanceByDom(document.querySelector('#sales .chart-drawing'))"
        ".getOption().animation"
    )
    assert moves is False


@pytest.mark.parametrize("path", [*PAGES, "the newest entry"])
def test_axe_finds_nothing_serious(
    inside: BrowserContext, lively: RunningServer, path: str
) -> None:
    page = go(inside, lively, f"{path if path in PAGES else PAGES[1]}?lang=en")
    if path not in PAGES:
        page.locator("tbody th a").first.click()
        page.wait_for_load_state("networkidle")
    for details in page.locator("table details summary").all()[:4]:
        details.click()
    assert serious_faults(page) == []
