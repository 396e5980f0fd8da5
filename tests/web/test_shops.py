"""A shop's page, its journal with proofs, and the regions above it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update

from kiosk.domain.entries import (
    Boot,
    ClockSet,
    Restock,
    RestockLine,
    StockLine,
    Stocktake,
    StocktakeLine,
    UnknownScan,
    WriteOff,
)
from kiosk.domain.ledger import day_of
from sync.server import admin
from sync.server.accounts.roles import Role, Scope
from sync.server.measures import journal
from sync.server.measures.shop_page import shop_page
from sync.server.measures.visits import Gap
from sync.server.schema import entry
from tests.sync.harness import SLUG, RunningServer
from tests.sync.test_upload import push
from tests.web.people import Browser, logged_in
from tests.web.shop_life import DAY_MS, ShopLife

ELSEWHERE = "almaty-college"


def live(server: RunningServer, slug: str = SLUG, *, missing_tenge: int = 0) -> ShopLife:
    """Two visits with sales between them, and a few sales since."""
    life = ShopLife(server.settings.now_ms() - 5 * DAY_MS)
    life.add(Boot("adal 7.7"))
    life.visit("first")
    life.next_day()
    for _ in range(10):
        life.sell("water")
    life.sell("choco", 2, qr=True)
    life.visit("second", missing_tenge=missing_tenge, taken={"samsa": 1})
    life.next_day()
    life.sell("water", 3)
    life.add(ClockSet(life.at_ms, life.at_ms + 7_000))
    life.send(server, slug)
    return life


def add_shop(server: RunningServer, slug: str, name: str, region_code: str) -> None:
    server.store.write(
        lambda connection: admin.add_shop(
            connection, slug=slug, name=name, region_code=region_code, cause="", now_ms=1
        )
    )


def text_of(html: str) -> str:
    """What a page says, without its marks and its data."""
    seen = re.sub(r"<script.*?</script>|<[^>]+>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(seen)).replace("\u00a0", " ")


def test_a_shop_page_says_what_was_sold_counted_missing_and_what_is_in_the_box(
    server: RunningServer,
) -> None:
    live(server, missing_tenge=300)
    page = logged_in(server).get(f"/shops/{SLUG}")
    said = text_of(page.text)
    assert page.status_code == 200
    assert "Sales 12 " in said
    # 2,000 of cash was due and 300 of it was missing.
    assert "6 700 ₸ 7 000 ₸ −300 ₸ 85,0 % Acceptable" in said
    # 3,300 of goods were sold, a samsa of 250 is gone besides, and 300 were missing: 3,000 ÷ 3,550.
    assert "84,5 % Acceptable samsa: −1 (−250 ₸)" in said
    # 6,700 counted, and 600 came since as an exact amount.
    assert "Not known by piece — +600 ₸" in said
    assert "Expected 6 700" not in said
    assert "7 300 ₸" in said
    # 20 came, 10 were sold, 20 came, 3 were sold.
    assert re.search("Су 27 [0-9]", said)
    assert "adal 7.7" in said
    assert "Difference, seconds: 7" in said


def test_a_week_shows_the_weeks_visits_and_a_product_of_the_last_stocktake_that_was_small(
    server: RunningServer,
) -> None:
    life = live(server, missing_tenge=100)
    life.add(WriteOff((StockLine("samsa", 2),), "expired", "v1", "own-form"))
    life.next_day()
    life.add(Stocktake((StocktakeLine("samsa", 30, 37, 250),), "v1", "third-stocktake-1"))
    life.add(Restock((RestockLine("bun", 5),), "v1", "third-restock-1"))
    push(life.journal, server.enrol(life.journal))
    now_ms = server.settings.now_ms()
    shown = server.store.read(lambda connection: shop_page(connection, 1, now_ms, 7))
    first, second, third = shown.visits
    assert first.till is None
    assert second.till is not None
    assert second.till.per_mille == 950
    assert second.written_off_pieces == 0
    assert third.written_off_pieces == 2
    assert third.gaps == (Gap("samsa", 7, 1_750),)
    [kiosk] = shown.inside
    assert {one.product_id: one.quantity for one in kiosk.shelf} == dict(life.ledger.stock)
    assert kiosk.box is not None
    assert kiosk.box.expected_tenge == life.ledger.box.expected_tenge
    assert kiosk.box.pieces == life.ledger.box.available


def test_a_shop_without_a_single_entry_has_a_page(server: RunningServer) -> None:
    person = logged_in(server)
    for path in (f"/shops/{SLUG}", f"/shops/{SLUG}/journal", "/regions/47", "/country"):
        for days in ("", "?days=365", "?days=abc", "?days=99999999999999999999"):
            assert person.get(path + days).status_code == 200


def test_addresses_that_nobody_would_type_are_simply_not_found(server: RunningServer) -> None:
    person = logged_in(server)
    for path in (
        "/shops/a%00b",
        f"/shops/{SLUG}/journal/a%00b/1/1",
        f"/shops/{SLUG}/journal/{'0' * 16}/1/{10**30}",
        f"/shops/{SLUG}/journal/{'0' * 16}/{2**31}/1",
        f"/shops/{SLUG}/sales/%00%00%00",
        "/regions/%00",
        "/regions/-1",
    ):
        assert person.get(path).status_code == 404, path
    odd = f"/shops/{SLUG}/journal?kiosk=%00&type=%00&day=%00&receipt=%00&before={10**30}.1"
    assert person.get(odd).status_code == 200


@pytest.mark.parametrize("path", ["", "/journal", "/journal/{kiosk}/1/1", "/sales/{receipt}"])
def test_a_coordinator_of_another_region_gets_the_answer_for_a_shop_that_is_not_there(
    sqlite_server: RunningServer, path: str
) -> None:
    add_shop(sqlite_server, ELSEWHERE, "Only here", "75")
    life = live(sqlite_server, ELSEWHERE)
    place = path.format(
        kiosk=life.journal.identity.kiosk_id,
        receipt=next(e.receipt for e in life.journal.entries if b'"sale"' in e.payload),
    )
    own = logged_in(sqlite_server, Role.AUDITOR, Scope("75"))
    other = logged_in(sqlite_server, Role.REGION, Scope("47"))
    lead = logged_in(sqlite_server, Role.SHOP, Scope(shop_id=1))
    assert own.get(f"/shops/{ELSEWHERE}{place}").status_code == 200
    for person in (other, lead):
        refused = person.get(f"/shops/{ELSEWHERE}{place}")
        nowhere = person.get(f"/shops/never-was{place}")
        assert refused.status_code == nowhere.status_code == 404
        assert refused.text.replace(ELSEWHERE, "") == nowhere.text.replace("never-was", "")


def test_an_entry_of_another_shop_is_not_found_under_ones_own(
    sqlite_server: RunningServer,
) -> None:
    add_shop(sqlite_server, ELSEWHERE, "Only here", "75")
    life = live(sqlite_server, ELSEWHERE)
    other = logged_in(sqlite_server, Role.REGION, Scope("47"))
    kiosk_id = life.journal.identity.kiosk_id
    assert other.get(f"/shops/{SLUG}/journal/{kiosk_id}/1/1").status_code == 404
    shown = other.get(f"/shops/{SLUG}/journal?kiosk={kiosk_id}")
    assert kiosk_id not in shown.text.replace(f"?kiosk={kiosk_id}", "")


def test_regions_and_the_country_are_seen_by_those_whose_they_are(
    sqlite_server: RunningServer,
) -> None:
    add_shop(sqlite_server, ELSEWHERE, "Only here", "75")
    live(sqlite_server, ELSEWHERE)
    live(sqlite_server)
    national = logged_in(sqlite_server)
    country = text_of(national.get("/country").text)
    assert "Only here" not in country  # of so many shops the country names those that stand out
    said = "Too little counted to compare 100,0 % Good 92,9 % Good 1 12 3 900 ₸"
    for name, code in (("Almaty", "75"), ("Mangystau", "47")):
        assert f'href="/regions/{code}?' in national.get("/country").text
        assert f"{name} {said}" in country
    assert "Sales 24 " in country
    assert "Only here" in national.get("/regions/75").text
    assert "Only here" not in national.get("/regions/47").text
    assert national.get("/regions/99").status_code == 404
    region = logged_in(sqlite_server, Role.REGION, Scope("47"))
    assert region.get("/regions/75").status_code == 404
    led = region.get("/country")
    assert led.url.path == "/regions/47"
    assert "Only here" not in led.text
    assert "Sales 12 " in text_of(led.text)
    lead = logged_in(sqlite_server, Role.SHOP, Scope(shop_id=1))
    assert lead.get("/regions/47").status_code == 404
    assert lead.get("/country").url.path == f"/shops/{SLUG}"


def test_a_region_adds_up_its_shops_visits_and_goods(server: RunningServer) -> None:
    add_shop(server, "second-shop", "Екінші", "47")
    live(server, missing_tenge=300)
    live(server, "second-shop", missing_tenge=100)
    said = text_of(logged_in(server, Role.REGION, Scope("47")).get("/regions/47").text)
    assert "Shops 2 Sales 24 " in said
    # 4,000 due and 400 missing.
    assert "Till ratio 90,0 %" in said
    assert "Too little counted to compare" in said
    assert "water 26 5 200 ₸" in said


def test_every_entry_is_in_the_journal_once_newest_first_with_a_proof_that_holds(
    server: RunningServer,
) -> None:
    life = ShopLife(server.settings.now_ms() - DAY_MS)
    for _ in range(2 * journal.PAGE_ROWS + 5):
        life.sell()
    life.send(server, SLUG)
    person, path, numbers = logged_in(server), f"/shops/{SLUG}/journal", []
    while path:
        page = person.get(path)
        numbers += [int(n) for n in re.findall(r'href="[^"]+/1/(\d+)">1/', page.text)]
        assert page.text.count("Hash and signature are right") == min(
            journal.PAGE_ROWS,
            len(life.journal.entries) - len(numbers) + page.text.count("<tr>") - 1,
        )
        older = re.search(r'rel="next" href="([^"]+)"', page.text)
        path = unescape(older[1]) if older else ""
    assert numbers == [e.seq for e in reversed(life.journal.entries)]


def test_filters_find_by_kind_day_and_receipt(server: RunningServer) -> None:
    life = live(server)
    life.add(UnknownScan("4870001", "ean13", None))
    life.journal.add_payload(b'{"type":"from tomorrow","v":1}')
    push(life.journal, server.enrol(life.journal))
    person = logged_in(server)

    def rows(query: str) -> int:
        return person.get(f"/shops/{SLUG}/journal?{query}").text.count('<th scope="row">')

    sales = [e for e in life.journal.entries if b'"sale"' in e.payload]
    assert rows("type=sale") == len(sales) == 12
    assert rows("type=unreadable") == 1
    assert rows("type=unknown_scan") == 1
    assert rows(f"receipt={sales[3].receipt.lower()}") == 1
    assert rows("receipt=zzzzzz") == len(life.journal.entries)
    day = day_of(life.at_ms)
    assert rows(f"type=sale&day={day}") == 1
    assert rows(f"type=sale&day={day - timedelta(days=40)}") == 0
    assert rows("before=1.3") == 2
    assert rows("before=x&day=y&kiosk=z&type=w") == len(life.journal.entries)


def test_two_sales_that_share_a_receipt_number_are_both_offered(
    sqlite_server: RunningServer,
) -> None:
    life = live(sqlite_server)
    first, second = [e for e in life.journal.entries if b'"sale"' in e.payload][:2]
    same = first.hash[:3] + second.hash[3:]
    change = update(entry).where(entry.c.seq == second.seq).values(hash=same)
    sqlite_server.store.write(lambda connection: connection.execute(change))
    page = logged_in(sqlite_server).get(f"/shops/{SLUG}/sales/{first.receipt}")
    assert page.url.path.endswith(first.receipt)
    assert f"/1/{first.seq}" in page.text
    assert f"/1/{second.seq}" in page.text


def test_a_sale_is_found_by_the_number_on_the_shoppers_screen(sqlite_server: RunningServer) -> None:
    life = live(sqlite_server)
    sold = next(e for e in life.journal.entries if b'"sale"' in e.payload)
    count = next(e for e in life.journal.entries if b'"cash_count"' in e.payload)
    person = logged_in(sqlite_server)
    found = person.get(f"/shops/{SLUG}/sales/{sold.receipt.lower()}")
    assert found.url.path == f"/shops/{SLUG}/journal/{sold.kiosk_id}/1/{sold.seq}"
    assert sold.hash.hex() in found.text
    assert sold.prev_hash.hex() in found.text
    assert f"/1/{sold.seq - 1}" in found.text
    assert f"/1/{sold.seq + 1}" in found.text
    for nothing in (count.receipt, "FFFFFF", "x", "é" * 6):
        assert person.get(f"/shops/{SLUG}/sales/{nothing}").status_code == 404


def test_what_was_changed_in_the_database_afterwards_is_shown_as_changed(
    sqlite_server: RunningServer,
) -> None:
    life = live(sqlite_server)
    sold = next(e for e in life.journal.entries if b'"sale"' in e.payload)
    changed = sold.payload.replace(b'"total_tenge":200', b'"total_tenge":900')
    person = logged_in(sqlite_server)
    address = f"/shops/{SLUG}/journal/{sold.kiosk_id}/1/{sold.seq}"
    assert "The hash does not fit the bytes" not in person.get(address).text
    this = (entry.c.shop_id == 1, entry.c.seq == sold.seq)
    sqlite_server.store.write(
        lambda c: c.execute(update(entry).where(*this).values(payload=changed))
    )
    assert "The hash does not fit the bytes" in person.get(address).text
    forged = update(entry).where(*this).values(payload=sold.payload, signature=bytes(64))
    sqlite_server.store.write(lambda c: c.execute(forged))
    said = person.get(address).text
    assert "The signature is not this kiosk" in said
    assert "The hash does not fit the bytes" not in said


def test_entries_that_were_set_aside_stand_below_the_journal(sqlite_server: RunningServer) -> None:
    life = live(sqlite_server)
    copied = life.journal.copy()
    given = sqlite_server.enrol(life.journal)
    life.sell("choco")
    push(life.journal, given)
    copied.add(UnknownScan("fork <b>", "qr", None))
    with pytest.raises(Exception, match="already with another content"):
        push(copied, given)
    page = _journal(logged_in(sqlite_server))
    assert "Another entry with this number is here" in page
    assert "fork &lt;b&gt;" in page
    assert "<b>" not in page


def _journal(person: Browser) -> str:
    return person.get(f"/shops/{SLUG}/journal").text
