"""Lists that grow with the country: the most wanted first, and nothing out of reach."""

import re
from collections import Counter

import pytest
from sqlalchemy import Connection, delete, insert, select, true, update

from kiosk.domain.entries import UnknownScan
from sync.server import admin, migrate, picking
from sync.server.accounts.roles import Role, Scope
from sync.server.catalogues import unknown, who_has
from sync.server.rollups import rebuild
from sync.server.schema import shop, suggestion_text
from sync.server.schema.rollups import unknown_scan
from sync.server.schema.voices import suggestion_case
from sync.server.voices import inbox
from sync.server.voices.inbox import Filter
from tests.sync.harness import SLUG, MemoryJournal, RunningServer
from tests.sync.test_upload import push
from tests.web.people import logged_in
from tests.web.test_catalogue_pages import enrolled, put
from tests.web.test_shops import text_of

CODES = [f"0487000115{number:04}" for number in range(5)]
FEW = 3
DAY_MS = 86_400_000


def scan(server: RunningServer) -> MemoryJournal:
    """The first code once, the last one five times."""
    journal, given = enrolled(server)
    now_ms = server.settings.now_ms()
    for times, code in enumerate(CODES, 1):
        for _ in range(times):
            journal.add(UnknownScan(code[1:], "ean13", code), now_ms)
    push(journal, given)
    push(journal, given)
    return journal


def rows_of(server: RunningServer) -> list[tuple[object, ...]]:
    asked = select(unknown_scan).order_by(unknown_scan.c.kiosk_id, unknown_scan.c.seq)
    return server.store.read(lambda c: [tuple(row) for row in c.execute(asked)])


def test_unknown_codes_are_paged_the_most_scanned_first(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unknown, "CODES_AT_ONCE", 2)
    scan(server)
    person = logged_in(server)

    def codes_on(page: str) -> list[str]:
        text = person.get(f"/catalogue/unknown?page={page}").text
        return re.findall(r'<th scope="row"><code>([0-9]+)<', text)

    pages = [codes_on("1"), codes_on("2"), codes_on("3")]
    assert [code for page in pages for code in page] == [code[1:] for code in reversed(CODES)]
    assert codes_on("99") == pages[2]
    assert codes_on("x") == codes_on("") == pages[0]
    assert "Codes: 5" in text_of(person.get("/catalogue/unknown?lang=en").text)
    other = logged_in(server, Role.REGION, Scope("75"))
    assert CODES[0][1:] not in other.get("/catalogue/unknown").text


def test_scans_are_kept_once_and_can_be_made_again_and_compared(server: RunningServer) -> None:
    journal = scan(server)
    rows = rows_of(server)
    assert Counter(row[7] for row in rows) == {code: n for n, code in enumerate(CODES, 1)}
    assert {row[1] for row in rows} == {journal.identity.kiosk_id}
    assert rebuild.check(server.store) == []
    wrong = update(unknown_scan).where(unknown_scan.c.code == CODES[0][1:]).values(code="1")
    server.store.write(lambda c: c.execute(wrong))
    gone = delete(unknown_scan).where(unknown_scan.c.code == CODES[1][1:])
    server.store.write(lambda c: c.execute(gone))
    assert {one.table for one in rebuild.check(server.store)} == {"unknown_scan"}
    assert len(rebuild.check(server.store)) == 3
    rebuild.rebuild(server.store)
    assert rows_of(server) == rows
    assert rebuild.check(server.store) == []


def test_an_older_database_gets_the_scans_that_are_in_its_journals(server: RunningServer) -> None:
    scan(server)
    rows = rows_of(server)
    migrate.downgrade(server.store, "0011")
    migrate.upgrade(server.store)
    assert rows_of(server) == rows
    assert len(rows) == sum(range(len(CODES) + 1))


def test_of_many_shops_the_page_of_versions_shows_regions_that_open(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking, "SHOPS_AT_ONCE", FEW)
    places = (("a", "Әлем", "47"), ("b", "Ғарыш", "47"), ("far", "Алатау", "75"))

    def add(connection: Connection) -> None:
        for slug, name, code in places:
            admin.add_shop(connection, slug=slug, name=name, region_code=code, cause="", now_ms=1)

    server.store.write(add)
    put(server)
    enrolled(server)
    far = MemoryJournal()
    server.enrol(far, code=server.code(slug="far"))
    person = logged_in(server)

    def said(query: str = "") -> str:
        return text_of(person.get(f"/catalogue/versions?lang=en{query}").text)

    assert "Mangystau 1 0 1 Almaty 1 0 1" in said()
    assert "Without the newest for longest" in said()
    opened = said("&region=75")
    assert "Алатау" in opened
    assert SLUG not in opened
    assert "Алатау" in said("&q=АЛАТ")
    assert "Nothing found" in said("&q=nobody")
    assert person.get("/catalogue/versions?region=99").status_code == 404
    other = logged_in(server, Role.REGION, Scope("47"))
    assert other.get("/catalogue/versions?region=75").status_code == 404
    assert "Алатау" not in other.get("/catalogue/versions").text


def test_who_waits_for_a_version_stands_before_who_has_it(server: RunningServer) -> None:
    put(server)
    journal, _ = enrolled(server)
    [one] = server.store.read(lambda c: who_has.holdings(c, true()))
    assert (one.kiosk_id, one.version, one.wanted, one.is_current) == (
        journal.identity.kiosk_id,
        None,
        1,
        False,
    )
    counted = server.store.read(lambda c: who_has.by_region(c, true()))
    assert {code: (x.kiosks, x.behind) for code, x in counted.items()} == {"47": (1, 1)}
    nobody = shop.c.slug == "nobody"
    assert server.store.read(lambda c: who_has.waiting_longest(c, nobody, 10)) == []


def fill_inbox(server: RunningServer) -> None:
    """Ten that came day by day: every third was closed, the fifth is in somebody's hands."""

    def work(connection: Connection) -> None:
        shop_id = connection.execute(select(shop.c.shop_id).where(shop.c.slug == SLUG)).scalar_one()
        for number in range(10):
            key = {"shop_id": shop_id, "kiosk_id": "0" * 16, "suggestion_id": f"s{number}"}
            words = {"salt": b"salt", "body": f"words {number}", "received_ms": number * DAY_MS}
            connection.execute(insert(suggestion_text).values(**key, **words))
            if number % 3 == 0 or number == 5:
                status = "assigned" if number == 5 else "answered" if number % 2 else "declined"
                connection.execute(
                    insert(suggestion_case).values(
                        **key,
                        status=status,
                        office="national" if number == 9 else "region",
                        reply_kk="", reply_ru="", reply_en="",
                        words_public=False, reply_public=False, changed_ms=1,
                    )
                )  # fmt: skip

    server.store.write(work)


def test_the_inbox_turns_its_pages_from_the_oldest_open_one_to_the_oldest_closed_one(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PAGE_ROWS", 4)
    fill_inbox(server)

    def found(**wanted) -> inbox.Found:
        return server.store.read(
            lambda c: inbox.inbox(c, Scope().shops(), Filter(**wanted), 10 * DAY_MS)
        )

    pages = [found(status="all", page=number) for number in (1, 2, 3, 9)]
    names = [[row.suggestion_id for row in page.rows] for page in pages]
    assert names[:3] == [["s1", "s2", "s4", "s5"], ["s7", "s8", "s9", "s6"], ["s3", "s0"]]
    assert names[3] == names[2], "a page beyond the last is the last"
    counts = {"new": 5, "assigned": 1, "answered": 2, "declined": 2}
    assert (pages[0].counts, pages[0].total, pages[0].pages) == (counts, 10, 3)
    assert [row.suggestion_id for row in found(status="declined").rows] == ["s6", "s0"]
    assert [row.suggestion_id for row in found(status="assigned").rows] == ["s5"]
    assert [row.suggestion_id for row in found(page=2).rows] == ["s7", "s8"]
    # Counted in the other way, as the office asks for it.
    national, region = found(status="all", office="national"), found(status="all", office="region")
    assert national.counts == {"answered": 1}
    assert [row.suggestion_id for row in national.rows] == ["s9"]
    assert sum(region.counts.values()) == 9
    assert found(status="all", age_days=8).counts == {"declined": 1, "new": 2}
    elsewhere = server.store.read(
        lambda c: inbox.inbox(c, Scope("75").shops(), Filter("all"), 10 * DAY_MS)
    )
    assert (elsewhere.rows, elsewhere.counts) == ([], {})
