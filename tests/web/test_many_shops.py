"""More shops than anybody reads: regions first, each opening into its shops; a search finds any."""

import re

import pytest
from sqlalchemy import Connection, func, insert, select

from kiosk.domain.entries import HelpCall
from sync.server import admin, picking
from sync.server.accounts.roles import Role, Scope
from sync.server.money import taken
from sync.server.picking import Wanted, pick, wanted_of
from sync.server.problems import ProblemError
from sync.server.schema import shop
from sync.server.schema.money import cash_out
from tests.sync.harness import SLUG, MemoryJournal, RunningServer, sale
from tests.sync.test_upload import push
from tests.web.money_life import SPAN, MoneyLife
from tests.web.people import logged_in
from tests.web.test_overview import look
from tests.web.test_shops import text_of

FEW = 3


@pytest.fixture
def many(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> RunningServer:
    """Four shops in 47, one in 75, where a page lists three at once; one of them sells."""
    monkeypatch.setattr(picking, "SHOPS_AT_ONCE", FEW)
    monkeypatch.setattr("sync.server.overview.SHOPS_AT_ONCE", FEW)

    def work(connection: Connection) -> None:
        places = [("a", "Әлем", "47"), ("b", "Бәйтерек", "47"), ("c", "Ғарыш", "47")]
        for slug, name, code in [*places, ("far", "Алатау", "75")]:
            admin.add_shop(connection, slug=slug, name=name, region_code=code, cause="", now_ms=1)

    server.store.write(work)
    return server


def listed(html: str) -> list[str]:
    """The short names of the shops that a page lists, in order."""
    _, _, below = html.partition('id="shops"')
    below, _, _ = below.partition('id="cash"')
    return re.findall(r'<a class="name" href="/(?:money/shop|shops)/([a-z-]+)', below)


def test_the_first_page_shows_regions_that_open_into_shops(many: RunningServer) -> None:
    journal = MemoryJournal()
    given = many.enrol(journal)
    now_ms = many.settings.now_ms()
    journal.add(sale(1, 250, 4), now_ms)
    journal.add(HelpCall("basket", "kk"), now_ms)
    journal.add(HelpCall("basket", "kk"), now_ms + 1)
    push(journal, given)
    look(many)
    person = logged_in(many)
    page = person.get("/overview?lang=en").text
    said = text_of(page)
    assert listed(page) == []
    assert "Calls for a volunteer 2 " in said
    assert "Connected 1 / 5" in said
    # Who needs somebody stands first, whatever the code.
    assert "Mangystau 4 1 0 1 1 000 ₸ Alarms: 1 Almaty 1 0 0 0 0 ₸ —" in said
    opened = person.get("/overview?lang=en&region=47").text
    assert set(listed(opened)) < {SLUG, "a", "b", "c"}
    assert len(listed(opened)) == FEW
    rest = person.get("/overview?lang=en&region=47&page=2").text
    assert {*listed(opened), *listed(rest)} == {SLUG, "a", "b", "c"}
    assert len(listed(rest)) == 1
    own = next(x for x in (opened, rest) if SLUG in listed(x))
    assert "Calls for a volunteer: 2" in text_of(own)


@pytest.mark.parametrize("path", ["/overview", "/money"])
def test_a_search_finds_any_shop_by_a_part_of_its_name(many: RunningServer, path: str) -> None:
    person = logged_in(many)
    for text, found in (
        ("ӘЛЕМ", ["a"]),
        ("алат", ["far"]),
        ("far", ["far"]),
        ("ай ер", []),
        ("бәйт рек", ["b"]),
        ("nobody <b>", []),
        ("%", []),
    ):
        page = person.get(path, params={"q": text, "lang": "en"})
        assert page.status_code == 200
        assert listed(page.text) == found, text
        assert "<b>" not in page.text.replace("<b>1</b>", "")
        assert ("Nothing found" in page.text) is (found == [])
    odd = f"{path}?q=%00&page=-7&lang=en"
    assert person.get(odd).status_code == 200
    assert person.get(f"{path}?region=47&page=99999999999").status_code == 200


@pytest.mark.parametrize("path", ["/overview", "/money"])
def test_another_offices_region_is_neither_opened_nor_searched(
    many: RunningServer, path: str
) -> None:
    person = logged_in(many, Role.REGION, Scope("47"))
    assert person.get(f"{path}?region=75").status_code == 404
    assert person.get(f"{path}?region=99").status_code == 404
    assert listed(person.get(f"{path}?q=алатау").text) == []
    # An office sees its own shops at once, page by page.
    assert len(listed(person.get(path).text)) == FEW
    national = logged_in(many)
    for code in ("99", "x", "%00", "4"):
        assert national.get(f"{path}?region={code}").status_code == 404
    lead = logged_in(many, Role.SHOP, Scope(shop_id=1))
    assert listed(lead.get(path).text) == [SLUG]
    assert lead.get(f"{path}?region=47").status_code == 404


def test_money_is_added_up_by_region_and_every_view_says_the_same_sum(many: RunningServer) -> None:
    MoneyLife(many).two_weeks()
    person = logged_in(many)
    whole = person.get("/money", params={**SPAN, "lang": "en"}).text
    assert listed(whole) == []
    earned = "= Earned 2 900 ₸"
    row = "0 ₸ 750 ₸ 3 800 ₸ 900 ₸ 2 900 ₸ 0 ₸"
    for params, found in (
        ({}, f"Mangystau Shops: 4 750 ₸ {row}"),
        ({"q": "aktau"}, row),
        ({"region": "47"}, earned),
    ):
        said = text_of(person.get("/money", params={**SPAN, "lang": "en", **params}).text)
        assert earned in said, params
        assert found in said, params
    assert "Almaty Shops: 1 0 ₸" in text_of(whole)
    # Sums of the regions first; of a few shops, what somebody must confirm.
    assert whole.index('id="shops"') < whole.index('id="cash"')
    opened = person.get("/money", params={**SPAN, "region": "47"}).text
    assert opened.index('id="cash"') < opened.index('id="shops"')
    elsewhere = person.get("/money", params={**SPAN, "lang": "en", "region": "75"}).text
    assert "= Earned 0 ₸" in text_of(elsewhere)
    assert "No cash was taken out" in elsewhere


def test_cash_beyond_the_list_is_counted_and_found_by_its_shop(
    many: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taken, "SHOWN_MAX", 2)
    now_ms = many.settings.now_ms()

    def work(connection: Connection) -> None:
        ids = dict(connection.execute(select(shop.c.slug, shop.c.shop_id)).all())
        for number, slug in enumerate(("a", "b", "c", "far")):
            connection.execute(
                insert(cash_out).values(
                    shop_id=ids[slug], kiosk_id="k", epoch=1, seq=number, day=_today(many),
                    at_ms=now_ms - 1000 + number, amount_tenge=100 + number, pieces="{}",
                    purpose="bank", taken_by="v", waits=True,
                )
            )  # fmt: skip

    many.store.write(work)
    person = logged_in(many)
    said = text_of(person.get("/money?lang=en").text)
    assert "Not confirmed yet: 406 ₸" in said
    assert "Shown are the oldest: 2 of 4" in said
    assert ("Әлем" in said, "Алатау" in said) == (True, False)
    found = person.get("/money?lang=en&q=алат")
    assert "Not confirmed yet: 103 ₸" in text_of(found.text)
    # Confirmed from a search, the search is still there.
    fields = {"received": "103", "second_person": "yes", "q": "алат", "region": ""}
    done = person.post("/money/cash/far/k/1/3/receive", **fields)
    assert done.url.params["q"] == "алат"
    assert "Received" in done.text
    assert "Әлем" not in done.text


def _today(server: RunningServer):
    from kiosk.domain.ledger import day_of

    return day_of(server.settings.now_ms())


def test_few_shops_are_all_listed_at_once(server: RunningServer) -> None:
    person = logged_in(server)
    for path in ("/overview", "/money"):
        assert listed(person.get(path).text) == [SLUG]
    count = select(func.count()).select_from(shop)
    assert server.store.read(lambda c: c.execute(count).scalar_one()) == 1


def test_what_stands_in_an_address_is_taken_as_it_is_meant() -> None:
    assert wanted_of("", "  A\x00B  ", "x") == Wanted("", "A B", 1)
    assert wanted_of("47", "", "3").query(2) == "region=47&page=2"
    assert wanted_of("", "", "").is_all
    assert len(wanted_of("", "я" * 500, "").text) == picking.TEXT_LENGTH_MAX


def test_a_page_beyond_the_last_is_the_last(many: RunningServer) -> None:
    picked = many.store.read(lambda c: pick(c, Scope("47"), Wanted(page=9)))
    assert (picked.found, picked.page, picked.pages, len(picked.ids)) == (4, 2, 2, 1)
    assert not picked.are_regions
    with pytest.raises(ProblemError):
        many.store.read(lambda c: pick(c, Scope("47"), Wanted("75")))
