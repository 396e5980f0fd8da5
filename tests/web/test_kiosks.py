"""Kiosks at the centre: let in, suspended, shut out, replaced, and what was set aside."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select
from starlette.datastructures import UploadFile

from kiosk.domain import chain
from kiosk.domain.entries import HelpCall
from kiosk.domain.errors import ConfigError, RefusedError
from sync import enrolment
from sync.centre import Centre, CentreRefusedError
from sync.server import access, admin
from sync.server import set_aside as room
from sync.server.accounts.roles import Role, Scope
from sync.server.alarms.find import find
from sync.server.alarms.kinds import Kind
from sync.server.alarms.service import evaluate
from sync.server.kiosks import aside, epochs, listing, shops
from sync.server.rollups import rebuild
from sync.server.schema import (
    audit,
    kiosk,
    kiosk_epoch,
    quarantine,
    shop,
)
from sync.server.schema.kiosks import kiosk_successor, quarantine_decision
from sync.session import Session
from tests.sync.harness import SLUG, MemoryJournal, RunningServer, new_identity
from tests.sync.test_upload import aside as aside_of
from tests.sync.test_upload import held, push, sent
from tests.web.people import Browser, logged_in

CODE = re.compile(r'<code class="code">([^<]+)</code>')
ELSEWHERE = "almaty-college"


def code_on(answer: httpx.Response) -> str:
    found = CODE.search(answer.text)
    assert found, answer.text[-2000:]
    return found[1]


def new_code(person: Browser, **fields: str) -> str:
    person.get("/kiosks/enrol")
    return code_on(person.post("/kiosks/enrol", shop=SLUG, **fields))


def act(person: Browser, kiosk_id: str, step: str, **fields: str) -> httpx.Response:
    person.get(f"/kiosks/{kiosk_id}")
    return person.post(f"/kiosks/{kiosk_id}/{step}", **fields)


def statuses(server: RunningServer, kiosk_id: str) -> list[str]:
    rows = select(kiosk_epoch.c.status).where(kiosk_epoch.c.kiosk_id == kiosk_id)
    return server.store.read(
        lambda c: list(c.execute(rows.order_by(kiosk_epoch.c.epoch)).scalars())
    )


def noted(server: RunningServer) -> list[tuple[str, str]]:
    rows = select(audit.c.action, audit.c.subject).order_by(audit.c.at_ms)
    return server.store.read(lambda c: [tuple(row) for row in c.execute(rows)])


def catalogue_of(given: enrolment.Enrolment) -> int:
    headers = {"Authorization": f"Bearer {given.token}"}
    return httpx.get(f"{given.server_url}/api/v1/catalogue", headers=headers).status_code


def add_elsewhere(server: RunningServer) -> int:
    return server.store.write(
        lambda c: admin.add_shop(
            c, slug=ELSEWHERE, name="Колледж", region_code="75", cause="", now_ms=1
        )
    )


def enrolled(server: RunningServer, sales: int = 2) -> tuple[MemoryJournal, enrolment.Enrolment]:
    journal = MemoryJournal()
    given = server.enrol(journal)
    journal.add_sales(sales)
    push(journal, given)
    return journal, given


# --- codes ---


def test_a_code_from_the_page_lets_one_kiosk_in_and_is_shown_once(server: RunningServer) -> None:
    person, journal = logged_in(server), MemoryJournal()
    code = new_code(person)
    assert code not in person.get("/kiosks").text
    given = server.enrol(journal, code=code)
    assert given.status == "approved"
    page = person.get("/kiosks").text
    assert journal.identity.kiosk_id in page
    with pytest.raises(RefusedError, match="used or too old"):
        server.enrol(MemoryJournal(), code=code)
    assert ("kiosk.code", SLUG) in noted(server)


def test_an_open_code_can_be_taken_back(server: RunningServer) -> None:
    person = logged_in(server)
    code = new_code(person)
    page = person.get("/kiosks").text
    [address] = re.findall(r'action="(/kiosks/codes/[0-9a-f]+/take-back)"', page)
    assert "take-back" not in person.post(address).text
    with pytest.raises(RefusedError, match="used or too old"):
        server.enrol(MemoryJournal(), code=code)
    assert person.post(address).status_code == 404


def test_no_page_and_no_name_of_a_code_leads_to_the_code(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server)
    code = new_code(person)
    page = person.get("/kiosks").text
    digest = access.code_hash(code).hex()
    assert code not in page
    assert not any(digest[i : i + 8] in page for i in range(0, 64, 8))


def test_a_shops_lead_asks_and_the_office_approves(server: RunningServer) -> None:
    lead = logged_in(server, Role.SHOP, Scope(None, 1))
    office = logged_in(server, Role.REGION, Scope("47"))
    journal = MemoryJournal()
    given = server.enrol(journal, code=new_code(lead, first="now"))
    kiosk_id = journal.identity.kiosk_id
    assert given.status == "pending"
    assert act(lead, kiosk_id, "approve").status_code == 403
    assert statuses(server, kiosk_id) == ["pending"]
    assert act(office, kiosk_id, "approve").status_code == 200
    assert statuses(server, kiosk_id) == ["approved"]


# --- standing ---


def test_a_waiting_kiosk_gives_and_gets_nothing_until_it_is_approved(
    server: RunningServer,
) -> None:
    person, journal = logged_in(server), MemoryJournal()
    journal.add_sales(2)
    given = server.enrol(journal, code=new_code(person, first="look"))
    with pytest.raises(CentreRefusedError, match="not approved"):
        push(journal, given)
    assert held(server) == []
    assert catalogue_of(given) == 403
    act(person, journal.identity.kiosk_id, "approve")
    push(journal, given)
    assert held(server) == sent(journal)


def test_what_a_suspended_kiosk_sends_is_taken_and_nothing_new_is_given(
    server: RunningServer,
) -> None:
    person = logged_in(server)
    journal, given = enrolled(server)
    server.store.write(lambda c: admin.put_catalogue(c, [], now_ms=1))
    kiosk_id = journal.identity.kiosk_id
    assert catalogue_of(given) == 200
    act(person, kiosk_id, "suspend", note="sold at night")
    assert catalogue_of(given) == 403
    journal.add_sales(3)
    push(journal, given)
    assert held(server) == sent(journal)
    for path in ("campaigns", "replies"):
        headers = {"Authorization": f"Bearer {given.token}"}
        assert httpx.get(f"{server.url}/api/v1/{path}", headers=headers).status_code == 403
    act(person, kiosk_id, "resume")
    assert catalogue_of(given) == 200
    assert [("kiosk.suspend", kiosk_id), ("kiosk.resume", kiosk_id)] == noted(server)[-2:]


def test_a_suspended_kiosk_does_not_come_back_with_another_kiosks_code(
    server: RunningServer,
) -> None:
    journal, _ = enrolled(server)
    server.store.write(lambda c: admin.suspend(c, journal.identity.kiosk_id))
    again = server.enrol(journal, key=Ed25519PrivateKey.generate())
    assert again.status == "pending"


def test_shutting_out_asks_first_and_is_done_once(server: RunningServer) -> None:
    person = logged_in(server)
    journal, given = enrolled(server)
    kiosk_id = journal.identity.kiosk_id
    asked = act(person, kiosk_id, "revoke")
    assert asked.url.path == f"/kiosks/{kiosk_id}/revoke"
    assert statuses(server, kiosk_id) == ["approved"]
    act(person, kiosk_id, "revoke", sure="yes")
    act(person, kiosk_id, "revoke", sure="yes")
    assert noted(server).count(("kiosk.revoke", kiosk_id)) == 1
    journal.add_sales(1)
    with pytest.raises(CentreRefusedError, match="shut out"):
        push(journal, given)
    assert len(held(server)) == 2


def test_declining_a_new_epoch_leaves_the_one_in_use(server: RunningServer) -> None:
    person = logged_in(server)
    journal, given = enrolled(server)
    server.enrol(journal, key=Ed25519PrivateKey.generate(), auto_approve=False)
    act(person, journal.identity.kiosk_id, "decline")
    assert statuses(server, journal.identity.kiosk_id) == ["approved", "revoked"]
    journal.add_sales(1)
    push(journal, given)
    assert len(held(server)) == 3


def test_a_kiosk_moves_only_by_somebody_who_looks_after_both_places(
    server: RunningServer,
) -> None:
    add_elsewhere(server)
    journal, _ = enrolled(server)
    kiosk_id = journal.identity.kiosk_id
    elsewhere = logged_in(server, Role.REGION, Scope("75"))
    moved = server.enrol(
        journal, key=Ed25519PrivateKey.generate(), code=server.code(slug=ELSEWHERE)
    )
    assert moved.status == "pending"
    assert act(elsewhere, kiosk_id, "approve").status_code == 403
    assert SLUG not in elsewhere.get(f"/kiosks/{kiosk_id}").text
    act(elsewhere, kiosk_id, "revoke", sure="yes")
    assert statuses(server, kiosk_id) == ["approved", "revoked"]


# --- another machine, another epoch, another database ---


def test_a_new_machine_takes_a_broken_ones_place_after_its_last_entry(
    server: RunningServer,
) -> None:
    person = logged_in(server)
    old, old_given = enrolled(server, 3)
    old_id = old.identity.kiosk_id
    guide = person.get(f"/kiosks/{old_id}/replace").text
    assert old.entries[-1].hash.hex() in guide
    code = code_on(person.post(f"/kiosks/{old_id}/replace"))
    journal = MemoryJournal()
    given = server.enrol(journal, code=code)
    assert (given.status, given.epoch) == ("approved", 1)
    [row] = server.store.read(lambda c: c.execute(select(kiosk_successor)).all())
    assert (row.kiosk_id, row.old_kiosk_id) == (journal.identity.kiosk_id, old_id)
    assert (row.old_seq, bytes(row.old_head_hash)) == (3, old.entries[-1].hash)
    assert statuses(server, old_id) == ["suspended"]
    # Its card was read once more: what it still held is wanted.
    old.add_sales(1)
    push(old, old_given)
    assert len(held(server)) == 4
    page = person.get(f"/kiosks/{journal.identity.kiosk_id}").text
    assert old_id in page
    assert row.old_head_hash.hex() in page


def test_a_restored_kiosk_comes_again_with_its_own_code_and_follows_its_head(
    server: RunningServer,
) -> None:
    person = logged_in(server)
    journal, _ = enrolled(server)
    kiosk_id = journal.identity.kiosk_id
    server.store.write(lambda c: admin.suspend(c, kiosk_id))
    person.get(f"/kiosks/{kiosk_id}/replace")
    code = code_on(person.post(f"/kiosks/{kiosk_id}/replace"))
    key = Ed25519PrivateKey.generate()
    given = server.enrol(journal, key=key, code=code)
    assert (given.epoch, given.status) == (2, "approved")
    assert given.link_hash == journal.entries[-1].hash.hex()
    journal.start_epoch(key, given)
    journal.add_sales(1)
    push(journal, given)
    page = person.get(f"/kiosks/{kiosk_id}").text
    assert "the head of the epoch before" in page
    assert server.store.read(lambda c: c.execute(select(kiosk_successor)).all()) == []


def test_a_centre_that_lost_its_database_takes_a_kiosk_back_that_somebody_vouches_for(
    server: RunningServer,
) -> None:
    person = logged_in(server)
    journal = MemoryJournal()
    journal.add_sales(2)
    kiosk_id, key = journal.identity.kiosk_id, Ed25519PrivateKey.generate()
    with pytest.raises(RefusedError, match="not known here"):
        server.enrol(journal, key=key)
    code = new_code(person, kiosk_id=kiosk_id)
    with pytest.raises(RefusedError, match="another kiosk"):
        server.enrol(MemoryJournal(), code=code)
    given = server.enrol(journal, key=key, code=code)
    assert (given.epoch, given.status) == (2, "approved")
    journal.start_epoch(key, given)
    journal.add_sales(1)
    push(journal, given)
    assert [(epoch, seq) for epoch, seq, *_ in held(server)] == [(2, 1)]
    assert ("kiosk.return", kiosk_id) in noted(server)


def test_a_code_for_somebody_elses_kiosk_cannot_be_made(server: RunningServer) -> None:
    add_elsewhere(server)
    journal = MemoryJournal()
    server.enrol(journal, code=server.code(slug=ELSEWHERE))
    person = logged_in(server, Role.REGION, Scope("47"))
    person.get("/kiosks/enrol")
    answer = person.post("/kiosks/enrol", shop=SLUG, kiosk_id=journal.identity.kiosk_id)
    assert answer.status_code == 422
    wrong = person.post("/kiosks/enrol", shop=SLUG, kiosk_id="not a number")
    assert wrong.status_code == 422
    assert wrong.text == answer.text


# --- quarantine ---


def fork(server: RunningServer) -> tuple[MemoryJournal, Browser]:
    """Three sales of a copied card that do not fit: they were made twice."""
    journal, given = enrolled(server)
    copy = journal.copy()
    journal.add_sales(1)
    push(journal, given)
    for price in range(3):
        copy.add_payload(b'{"v":1,"type":"sale","odd":%d}' % price)
    with pytest.raises(RefusedError):
        push(copy, given)
    return copy, logged_in(server)


def test_a_decision_stands_beside_an_entry_that_stays_as_it_is(server: RunningServer) -> None:
    copy, person = fork(server)
    kiosk_id = copy.identity.kiosk_id
    rows = select(quarantine).order_by(quarantine.c.seq)
    before = server.store.read(lambda c: c.execute(rows).all())
    assert len(before) == 3
    address = f"/kiosks/{kiosk_id}/quarantine"
    page = person.get(address).text
    name = re.findall(r'value="(one:[^"]+)"', page)[0]
    assert person.post(address, entry=name, decision="genuine").status_code == 422
    assert person.post(address, decision="genuine", note="x").status_code == 422
    person.post(address, entry=name, decision="genuine", note="card was copied")
    page = person.get(address).text
    assert name not in page
    assert len(re.findall(r'value="one:', page)) == 2
    assert "card was copied" in person.get(f"{address}?show=decided").text
    person.post(address, entry="all:1:fork", decision="aside", note="nobody knows")
    assert "Nothing is set aside" in person.get(address).text
    decisions = select(quarantine_decision.c.decision).order_by(quarantine_decision.c.seq)
    found = server.store.read(lambda c: list(c.execute(decisions).scalars()))
    assert found == ["genuine", "aside", "aside"]
    assert server.store.read(lambda c: c.execute(rows).all()) == before
    assert [action for action, _ in noted(server)][-2:] == [
        "quarantine.genuine",
        "quarantine.aside",
    ]
    lines = server.store.read(lambda c: listing.line_of(c, Scope(), kiosk_id, 1))
    assert lines is not None
    assert lines.aside == 0


def test_an_entry_set_aside_is_judged_by_its_hash_its_signature_and_the_journal(
    sqlite_server: RunningServer,
) -> None:
    server = sqlite_server
    copy, _ = fork(server)
    kiosk_id = copy.identity.kiosk_id
    stranger = new_identity()
    head = chain.Head(1, 3, copy.entries[2].hash)
    odd = chain.make_entry(stranger.key, kiosk_id, head, b'{"v":1}')
    server.store.write(
        lambda c: c.execute(
            insert(quarantine).values(
                shop_id=1,
                kiosk_id=kiosk_id,
                epoch=1,
                seq=9,
                content_sha256=b"x" * 32,
                reason="signature",
                received_ms=1,
                prev_hash=odd.prev_hash,
                hash=odd.hash,
                signature=odd.signature,
                payload=b'{"v":2}',
            )
        )
    )
    page = server.store.read(lambda c: aside.aside_page(c, Scope(), kiosk_id, aside.OPEN, 1))
    judged = [(x.seq, x.fits, x.is_signed, x.here) for x in page.entries]
    assert judged == [
        (3, True, True, "other"),
        (4, True, True, ""),
        (5, True, True, ""),
        (9, False, False, ""),
    ]
    assert page.counts == [(1, "fork", 3), (1, "signature", 1)]


# --- the list ---


@pytest.fixture
def many(sqlite_server: RunningServer) -> RunningServer:
    """120 kiosks of two regions; the first ones wait, the next ones were never heard of again."""
    server = sqlite_server
    add_elsewhere(server)
    now_ms = server.settings.now_ms()

    def work(connection):
        for number in range(120):
            kiosk_id, shop_id = f"{number:016x}", 1 + number % 2
            connection.execute(
                insert(kiosk).values(
                    kiosk_id=kiosk_id, shop_id=shop_id, software="adal 0.1.0", created_ms=1
                )
            )
            epochs.save(
                connection,
                {
                    "kiosk_id": kiosk_id,
                    "epoch": 1,
                    "shop_id": shop_id,
                    "public_key": bytes(32),
                    "status": "pending" if number < 4 else "approved",
                    "token_hash": bytes(32),
                    "enrolled_ms": now_ms if number >= 10 else 1,
                },
            )

    server.store.write(work)
    return server


def test_the_list_is_paged_filtered_and_searched_within_what_somebody_sees(
    many: RunningServer,
) -> None:
    person = logged_in(many)
    now_ms = many.settings.now_ms()

    def found(scope: Scope, **wanted) -> listing.Page:
        return many.store.read(
            lambda c: listing.kiosks_page(c, scope, listing.Wanted(**wanted), now_ms)
        )

    whole = found(Scope())
    assert (whole.found, whole.pages, len(whole.lines)) == (10, 1, 10), "who needs somebody"
    assert [line.status for line in whole.lines[:5]] == ["pending"] * 4 + ["approved"]
    assert whole.counts["silent"] == 6
    assert {code: one.kiosks for code, one in whole.regions.items()} == {"47": 60, "75": 60}
    assert sum(one.silent for one in whole.regions.values()) == 6
    assert sum(one.others for one in whole.regions.values()) == 4
    region = found(Scope(), region_code="47")
    assert (region.found, region.pages, len(region.lines), region.regions) == (60, 2, 50, {})
    seen = [
        line.kiosk_id
        for code in ("47", "75")
        for number in (1, 2)
        for line in found(Scope(), region_code=code, page=number).lines
    ]
    assert len(set(seen)) == 120, "every kiosk stands in its region"
    assert found(Scope(), region_code="47", page=99).page == 2
    assert found(Scope("75")).found == 60
    assert found(Scope("75"), region_code="47").found == 0
    assert found(Scope(), text="КОЛЛЕДЖ").found == 60
    assert found(Scope(), text="0000000a").found == 1
    assert found(Scope(), state="silent").found == 6
    assert found(Scope(), state="pending", region_code="47").found == 2
    page = person.get("/kiosks?state=pending").text
    assert page.count('<td data-label="Kiosk">') == 4
    assert person.get("/kiosks?page=0&state=nonsense&region=%00").status_code == 200


def test_the_program_is_the_one_that_asked_last(server: RunningServer) -> None:
    journal, given = enrolled(server)
    with Centre(server.url, given.token, software="adal 9.9.9") as centre:
        centre.mark()
    line = server.store.read(lambda c: listing.line_of(c, Scope(), journal.identity.kiosk_id, 1))
    assert line is not None
    assert line.software == "adal 9.9.9"


# --- shops ---


def test_the_office_adds_a_shop_and_puts_its_words_right(server: RunningServer) -> None:
    person = logged_in(server, Role.REGION, Scope("47"))
    assert person.get("/kiosks/shops/new").status_code == 200
    fields = {"slug": "zhanaozen", "name": "Жаңаөзен ХҚКО", "cause": "Кітап"}
    assert person.post("/kiosks/shops/new", **fields, region_code="75").status_code == 403
    added = person.post("/kiosks/shops/new", **fields, region_code="47")
    assert added.url.path == "/kiosks/enrol"
    assert 'value="zhanaozen" selected' in added.text
    again = person.post("/kiosks/shops/new", **fields, region_code="47")
    assert again.status_code == 422
    assert "Жаңаөзен" in person.get("/kiosks/shops/zhanaozen").text
    person.post("/kiosks/shops/zhanaozen", name="ХҚКО №2", cause="Кітап", region_code="47")
    row = server.store.read(
        lambda c: c.execute(select(shop).where(shop.c.slug == "zhanaozen")).one()
    )
    assert (row.name, row.cause) == ("ХҚКО №2", "Кітап")
    details = server.store.read(
        lambda c: c.execute(select(audit.c.detail).where(audit.c.action == "shop.edit")).scalar()
    )
    assert json.loads(details)["before"] == {"name": "Жаңаөзен ХҚКО"}


@pytest.mark.parametrize("same_name", [True, False])
def test_two_shops_added_at_the_same_moment_are_two_or_one_calm_refusal(
    server: RunningServer, same_name: bool
) -> None:
    begun, done = threading.Event(), threading.Event()
    outcomes: list[object] = []

    def add(slug: str, *, waits: bool) -> None:
        def work(connection: Connection) -> int:
            words = {"slug": slug, "name": "Дүкен", "region_code": "47", "cause": ""}
            shop_id = shops.add(connection, now_ms=1, **words)
            if waits:
                begun.set()
                done.wait(0.5)
            return shop_id

        try:
            outcomes.append(server.store.write(work))
        except ConfigError as error:
            outcomes.append(error)

    first = threading.Thread(target=add, args=("new-one",), kwargs={"waits": True})
    first.start()
    assert begun.wait(20)
    add("new-one" if same_name else "new-two", waits=False)
    done.set()
    first.join(20)
    numbers = [one for one in outcomes if isinstance(one, int)]
    refusals = [str(one) for one in outcomes if isinstance(one, ConfigError)]
    assert len(outcomes) == 2
    assert len(set(numbers)) == len(numbers) == (1 if same_name else 2)
    assert all("cannot be used" in one for one in refusals)


def test_a_name_that_is_taken_says_nothing_about_another_offices_shop(
    server: RunningServer,
) -> None:
    add_elsewhere(server)
    person = logged_in(server, Role.REGION, Scope("47"))
    person.get("/kiosks/shops/new")
    fields = {"name": "Дүкен", "cause": "", "region_code": "47"}
    elsewhere = person.post("/kiosks/shops/new", slug=ELSEWHERE, **fields)
    own = person.post("/kiosks/shops/new", slug=SLUG, **fields)
    assert elsewhere.status_code == own.status_code == 422
    # The example in the form's hint is this very name.
    assert elsewhere.text.replace(ELSEWHERE, "") == own.text.replace(SLUG, "").replace(
        "dashes, as .", f"dashes, as {SLUG}."
    )
    assert "exists" not in elsewhere.text


def test_a_shop_that_has_sold_stays_in_its_region(server: RunningServer) -> None:
    enrolled(server)
    person = logged_in(server)
    person.get(f"/kiosks/shops/{SLUG}")
    answer = person.post(f"/kiosks/shops/{SLUG}", name="A", cause="", region_code="75")
    assert answer.status_code == 422
    lead = logged_in(server, Role.SHOP, Scope(None, 1))
    lead.get("/kiosks")
    assert lead.post(f"/kiosks/shops/{SLUG}", name="B").status_code == 403
    rows = select(shop.c.name, shop.c.region_code).where(shop.c.slug == SLUG)
    assert tuple(server.store.read(lambda c: c.execute(rows).one())) == ("Ақтау ХҚКО", "47")


# --- forms ---


def test_files_of_a_refused_form_are_closed(
    sqlite_server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = logged_in(sqlite_server)
    auditor = logged_in(sqlite_server, Role.AUDITOR)
    closed: list[str | None] = []
    close = UploadFile.close

    async def watched(self: UploadFile) -> None:
        closed.append(self.filename)
        await close(self)

    monkeypatch.setattr(UploadFile, "close", watched)
    for somebody, csrf in ((person, "guess"), (auditor, auditor.csrf)):
        somebody.get("/me")
        answer = somebody.http.post(
            "/kiosks/enrol",
            data={"csrf": csrf or somebody.csrf},
            files={"file": (f"{csrf}.csv", b"x" * 2_000_000)},
        )
        assert answer.status_code == 403
    assert len(closed) == 2


# --- who was shut out stays out ---


def shut_out(server: RunningServer, journal: MemoryJournal) -> None:
    server.store.write(lambda c: admin.revoke(c, journal.identity.kiosk_id))


def test_a_spent_code_brings_no_kiosk_back_that_was_shut_out(server: RunningServer) -> None:
    journal, code = MemoryJournal(), server.code()
    server.enrol(journal, code=code)
    shut_out(server, journal)
    with pytest.raises(RefusedError, match="shut out"):
        server.enrol(journal, code=code)
    with pytest.raises(RefusedError, match="shut out"):
        server.enrol(journal)
    assert statuses(server, journal.identity.kiosk_id) == ["revoked"]


def test_a_spent_code_leaves_a_kiosk_as_somebody_decided_meanwhile(server: RunningServer) -> None:
    person, journal, code = logged_in(server), MemoryJournal(), server.code(auto_approve=False)
    kiosk_id = journal.identity.kiosk_id
    server.enrol(journal, code=code)
    act(person, kiosk_id, "approve")
    assert server.enrol(journal, code=code).status == "approved"
    act(person, kiosk_id, "suspend")
    given = server.enrol(journal, code=code)
    assert given.status == "suspended"
    journal.add_sales(1)
    push(journal, given)
    assert held(server) == sent(journal)


def test_one_code_lets_one_kiosk_in_even_with_the_same_key(server: RunningServer) -> None:
    other, _ = enrolled(server)
    journal, code = MemoryJournal(), server.code()
    server.enrol(journal, code=code)
    with pytest.raises(RefusedError, match="used or too old"):
        server.enrol(other, key=journal.identity.key, code=code)
    assert statuses(server, other.identity.kiosk_id) == ["approved"]


def test_neither_a_new_key_nor_a_second_code_hides_that_a_kiosk_was_shut_out(
    server: RunningServer,
) -> None:
    journal, _ = enrolled(server)
    shut_out(server, journal)
    key = Ed25519PrivateKey.generate()
    assert server.enrol(journal, key=key, auto_approve=False).status == "pending"
    assert server.enrol(journal, key=key).status == "pending"
    assert server.enrol(journal, key=Ed25519PrivateKey.generate()).status == "pending"


def test_a_suspended_kiosk_that_asks_again_with_its_key_stays_suspended(
    server: RunningServer,
) -> None:
    journal, _ = enrolled(server)
    server.store.write(lambda c: admin.suspend(c, journal.identity.kiosk_id))
    for auto_approve in (False, True):
        assert server.enrol(journal, auto_approve=auto_approve).status == "suspended"


# --- what a kiosk that was shut out still tells ---


def test_what_a_kiosk_still_sends_after_it_was_shut_out_goes_aside_and_into_no_sum(
    server: RunningServer,
) -> None:
    person = logged_in(server)
    journal, given = enrolled(server)
    before = held(server)
    shut_out(server, journal)
    journal.add_sales(250)
    left_behind(journal, given)
    left_behind(journal, given)
    assert held(server) == before
    assert [seq for seq, _ in aside_of(server)] == list(range(3, 253))
    assert {reason for _, reason in aside_of(server)} == {"revoked"}
    assert catalogue_of(given) == 403
    assert rebuild.check(server.store, lambda count: None) == []
    page = person.get(f"/kiosks/{journal.identity.kiosk_id}/quarantine").text
    assert "Sent after the kiosk was shut out" in page
    # Enrolled again by its own code, the same entries arrive where they belong.
    code = code_on(person.post(f"/kiosks/{journal.identity.kiosk_id}/replace"))
    key = Ed25519PrivateKey.generate()
    given = server.enrol(journal, key=key, code=code)
    journal.start_epoch(key, given)
    push(journal, given)
    assert held(server) == sent(journal)


def test_the_evidence_of_a_kiosk_that_was_shut_out_has_a_cap(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ENTRIES_MAX", 30)
    journal, given = enrolled(server)
    shut_out(server, journal)
    journal.add_sales(40)
    left_behind(journal, given)
    journal.add_sales(5)
    left_behind(journal, given)
    assert [seq for seq, _ in aside_of(server)] == list(range(3, 33))
    assert len(held(server)) == 2


def test_a_stranger_with_the_token_alone_fills_no_quarantine(server: RunningServer) -> None:
    journal, given = enrolled(server)
    shut_out(server, journal)
    forged = MemoryJournal(replace(journal.identity, key=new_identity().key), list(journal.entries))
    forged.add_sales(3)
    left_behind(forged, given)
    assert aside_of(server) == []


def test_what_an_old_card_sends_after_its_kiosk_was_enrolled_again_goes_aside(
    server: RunningServer,
) -> None:
    person = logged_in(server)
    journal, given = enrolled(server)
    old_card = journal.copy()
    key = Ed25519PrivateKey.generate()
    again = server.enrol(journal, key=key)
    journal.start_epoch(key, again)
    journal.add_sales(1)
    push(journal, again)
    before = held(server)
    assert statuses(server, journal.identity.kiosk_id) == ["replaced", "approved"]
    old_card.add_sales(3)
    left_behind(old_card, given, "enrolled again")
    left_behind(old_card, given, "enrolled again")
    assert held(server) == before
    assert aside_of(server) == [(seq, "replaced") for seq in (3, 4, 5)]
    assert catalogue_of(given) == 403
    page = person.get(f"/kiosks/{journal.identity.kiosk_id}/quarantine").text
    assert "Sent with the key from before the kiosk was enrolled again" in page
    forged = MemoryJournal(replace(old_card.identity, key=new_identity().key), old_card.entries[:])
    forged.add_sales(2)
    left_behind(forged, given, "enrolled again")
    assert len(aside_of(server)) == 3


def test_a_kiosk_in_use_fills_the_quarantine_no_further_than_its_room(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "ENTRIES_MAX", 3)
    journal, given = enrolled(server)
    copied = journal.copy()
    journal.add_sales(1)
    push(journal, given)
    before = held(server)
    for number in range(5):
        copied.add(HelpCall(f"copied {number}", "kk"))
    told: list[int] = []
    for _ in range(2):
        with Centre(given.server_url, given.token) as centre:
            session = Session(copied, centre, on_acked=lambda _, seq: told.append(seq))
            with pytest.raises(CentreRefusedError, match="stay at the kiosk") as refused:
                session.push_all(session.ask_mark())
        assert refused.value.code == "aside_full"
    assert aside_of(server) == [(seq, "fork") for seq in (3, 4, 5)]
    assert told == []
    assert held(server) == before
    now_ms = server.settings.now_ms()
    [alarm] = [
        one for one in server.store.read(lambda c: find(c, now_ms)) if one.kind is Kind.QUARANTINE
    ]
    assert alarm.detail == {"count": 3, "full": True}
    evaluate(server.store, now_ms)
    shown = logged_in(server).get("/overview?lang=en").text
    assert "what comes now stays at the kiosk" in shown
    # What nobody's key vouches for has a room of its own.
    stranger = MemoryJournal(replace(journal.identity, key=new_identity().key), journal.entries[:])
    stranger.add_sales(2)
    for _ in range(2):
        with pytest.raises(CentreRefusedError, match="not signed by this kiosk"):
            push(stranger, given)
    stranger.add_sales(2)
    with pytest.raises(CentreRefusedError, match="stay at the kiosk"):
        push(stranger, given)
    assert [reason for _, reason in aside_of(server)].count("signature") == 3
    # The kiosk's own journal goes on.
    journal.add_sales(1)
    push(journal, given)
    assert held(server) == sent(journal)


def left_behind(
    journal: MemoryJournal, given: enrolment.Enrolment, refusal: str = "shut out"
) -> None:
    with Centre(given.server_url, given.token) as centre:
        session = Session(journal, centre, on_acked=lambda epoch, seq: None)
        with pytest.raises(CentreRefusedError, match=refusal) as refused:
            session.ask_mark()
        session.leave_evidence(refused.value)
