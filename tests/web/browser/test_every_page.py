"""Every page there is, on a telephone, with everything in it: nothing in anybody's way.

Pages are not listed here: one that is added later is looked at too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser.looking import serious_faults
from tests.web.routes import PAGES, Route
from tests.web.two_regions import World, two_regions

pytestmark = pytest.mark.web

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with two_regions(tmp_path_factory.mktemp("every")) as made:
        yield made


@pytest.fixture(scope="module")
def inside(world: World, browser: Browser) -> Page:
    """Of somebody who may see everything."""
    context = browser.new_context(viewport=PHONE)
    cookies = world.national.http.cookies
    context.add_cookies(
        [{"name": n, "value": v, "url": world.server.url} for n, v in cookies.items()]
    )
    return context.new_page()


def is_page(world: World, route: Route) -> bool:
    answer = world.national.http.get(world.address(route), follow_redirects=False)
    return answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")


def in_the_way(page: Page, address: str) -> list[str]:
    """What would stop somebody: serious faults that axe finds, a page wider than the screen."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, answer.status
    faults = serious_faults(page)
    if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
        faults.append("wider than the screen")
    return faults


@pytest.mark.parametrize("route", PAGES, ids=str)
def test_nothing_on_a_page_is_in_anybodys_way(world: World, inside: Page, route: Route) -> None:
    if is_page(world, route):
        assert in_the_way(inside, f"{world.server.url}{world.address(route)}") == []


def test_nothing_is_in_the_way_of_somebody_who_comes_in(world: World, browser: Browser) -> None:
    world.national.get("/people")
    told = world.national.post("/people/invite", email="new@example.kz", role="national")
    link = re.search(r"/join/[\w-]+", told.text)
    assert link, told.text
    stranger = browser.new_context(viewport=PHONE).new_page()
    assert in_the_way(stranger, f"{world.server.url}/login") == []
    assert in_the_way(stranger, f"{world.server.url}{link[0]}") == []


def test_the_walk_meets_every_room(world: World) -> None:
    met = {route.path.split("/")[1] for route in PAGES if is_page(world, route)}
    rooms = {"", "overview", "country", "regions", "shops", "catalogue", "money", "suggestions"}
    rooms |= {"kiosks", "people", "me", "audit", "exports", "imports", "public"}
    assert rooms <= met
