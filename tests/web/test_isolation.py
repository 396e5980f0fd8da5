"""Nobody sees or changes what lies elsewhere: every route, with every role.

Routes are not listed here: those that are added later are walked too, with the other region's
shop, kiosk and people wherever an address or a form asks for one.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import httpx
import pyarrow.parquet
import pytest
from sqlalchemy import func, select

from sync.server.schema import audit
from tests.web.routes import CHANGES, FORMS, PAGES, Route
from tests.web.two_regions import MARKERS, OTHER_REGION, OTHER_SLUG, WISH, World, two_regions

NO_PERSON_NEEDED = {"/login", "/join/{token}"}
"""Forms for people who are not in yet."""
EVERYBODY_FOR_HIMSELF = {"/login/code", "/logout", "/me/password", "/me/language"}
"""Forms with which one changes one's own account; an auditor may, too."""
SHOP_VALUES = {"slug": OTHER_SLUG, "shop": OTHER_SLUG, "region": OTHER_REGION}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with two_regions(tmp_path_factory.mktemp("isolation")) as made:
        yield made


def words_of(answer: httpx.Response) -> str:
    """All that an answer says, unpacked."""
    data = answer.content
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as sheet:
            return " ".join(
                sheet.read(name).decode("utf-8", "replace") for name in sheet.namelist()
            )
    if data[:4] == b"PAR1":
        return str(pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist())
    return answer.text


def said(text: str) -> set[str]:
    return {marker for marker in MARKERS if marker in text}


# --- the walk ---


def test_every_form_needs_somebody_who_may_change_things_or_is_known_to_be_open() -> None:
    open_forms = {r.path for r in FORMS if not r.takes_change}
    assert open_forms <= NO_PERSON_NEEDED | EVERYBODY_FOR_HIMSELF, open_forms
    assert len(CHANGES) > 5
    assert len(PAGES) > 10


@pytest.mark.parametrize("role", ["region", "shop", "auditor"])
@pytest.mark.parametrize("route", PAGES, ids=str)
def test_no_page_tells_what_lies_elsewhere(world: World, route: Route, role: str) -> None:
    person = world.here[role]
    address = world.address(route)
    # What everybody may know says less: no words of shoppers, no people.
    forbidden = set(MARKERS) if route.takes_person else {WISH, "zzotherperson", "4870000zz75"}
    for query in ({}, {**SHOP_VALUES, "code": OTHER_REGION}, {"q": "zz", "day": "2026-11-20"}):
        answer = person.http.get(address, params=query, follow_redirects=False)
        assert answer.status_code < 500, answer.text[-2000:]
        # A page may repeat what it was asked for; that tells nothing.
        text = words_of(answer)
        if OTHER_SLUG in str(answer.url):
            text = text.replace(OTHER_SLUG, "")
        assert not said(text) & forbidden, (address, query, said(text))


def test_the_walk_would_find_what_pages_tell(world: World) -> None:
    told = [
        route
        for route in PAGES
        if route.takes_person and said(words_of(world.national.http.get(world.address(route))))
    ]
    assert len(told) >= 4, [str(route) for route in told]


@pytest.mark.parametrize("route", [r for r in PAGES if r.takes_person], ids=str)
def test_a_stranger_is_led_to_the_login(world: World, route: Route) -> None:
    answer = httpx.get(f"{world.server.url}{world.address(route)}")
    assert answer.status_code in (303, 422), answer.status_code
    assert not said(words_of(answer)) - {OTHER_SLUG}


@pytest.mark.parametrize("route", CHANGES, ids=str)
def test_a_form_from_nowhere_changes_nothing(world: World, route: Route) -> None:
    """Without a login, without the form's token, from another site."""
    address = world.address(route)
    stranger = httpx.post(f"{world.server.url}{address}", data={"csrf": "x", **SHOP_VALUES})
    assert stranger.status_code == 303
    assert "/login" in stranger.headers["location"]
    person = world.here["region"]
    before = _changes(world)
    for data, headers in (
        (SHOP_VALUES, {}),
        ({"csrf": "guess", **SHOP_VALUES}, {}),
        ({"csrf": person.csrf, **SHOP_VALUES}, {"sec-fetch-site": "cross-site"}),
    ):
        answer = person.http.post(address, data=data, headers=headers, follow_redirects=False)
        assert answer.status_code == 403, (answer.status_code, answer.text[-500:])
    assert _changes(world) == before


@pytest.mark.parametrize("route", CHANGES, ids=str)
def test_an_auditor_changes_nothing(world: World, route: Route) -> None:
    person = world.here["auditor"]
    person.get("/me")
    before = _changes(world)
    answer = person.http.post(
        world.address(route), data={"csrf": person.csrf, **SHOP_VALUES}, follow_redirects=False
    )
    assert answer.status_code == 403, answer.text[-500:]
    assert _changes(world) == before


@pytest.mark.parametrize("role", ["region", "shop"])
@pytest.mark.parametrize("route", CHANGES, ids=str)
def test_no_form_changes_what_lies_elsewhere(world: World, route: Route, role: str) -> None:
    person = world.here[role]
    person.get("/me")
    fields = {**world.values, **SHOP_VALUES, "csrf": person.csrf, "role": "shop"}
    fields |= {"shop_id": "2", "email": "new@example.kz", "name": "x", "note": "x"}
    answer = person.http.post(world.address(route), data=fields, follow_redirects=False)
    assert answer.status_code < 500, answer.text[-2000:]
    touched = world.server.store.read(
        lambda c: c.execute(
            select(func.count()).where((audit.c.shop_id == 2) | (audit.c.region_code == "75"))
        ).scalar()
    )
    assert touched == 0
    assert not said(words_of(answer)) & {MARKERS[0], WISH, "zzotherperson"}


def _changes(world: World) -> int:
    """All changes that were ever noted."""
    return int(
        world.server.store.read(lambda c: c.execute(select(func.count(audit.c.at_ms))).scalar())
    )
