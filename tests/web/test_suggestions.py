"""A suggestion's way: read, handed on, answered, shown, deleted; and what a kiosk gets of it."""

import re

import httpx
import pytest
from sqlalchemy import select

from kiosk.domain.entries import Suggestion
from sync import enrolment
from sync.centre import Centre
from sync.server import admin
from sync.server.accounts.roles import Role, Scope
from sync.server.schema import audit, entry, suggestion_text
from sync.server.schema.voices import suggestion_case, suggestion_step
from sync.server.suggestions import text_sha256
from sync.wire import SuggestionText
from tests.sync.harness import SLUG, MemoryJournal, RunningServer
from tests.sync.test_upload import push
from tests.web.people import Browser, logged_in

ELSEWHERE = "almaty-college"
WORDS = "Айгүл апай <b>, су алыңызшы"
SALT = bytes(range(16))


def suggest(
    server: RunningServer, slug: str = SLUG, words: str = WORDS, name: str = "s1"
) -> tuple[MemoryJournal, enrolment.Enrolment, str]:
    """A shopper writes; returns the page's address too."""
    journal = MemoryJournal()
    journal.add(Suggestion(name, text_sha256(SALT, words), "kk"))
    given = server.enrol(journal, code=server.code(slug=slug))
    push(journal, given)
    send_words(journal, given, words, name)
    return journal, given, f"/suggestions/{slug}/{journal.identity.kiosk_id}/{name}"


def send_words(
    journal: MemoryJournal, given: enrolment.Enrolment, words: str, name: str = "s1"
) -> None:
    with Centre(given.server_url, given.token) as centre:
        centre.suggestion(SuggestionText(journal.identity.kiosk_id, name, SALT.hex(), words))


def add_elsewhere(server: RunningServer) -> None:
    server.store.write(
        lambda c: admin.add_shop(
            c, slug=ELSEWHERE, name="Колледж", region_code="75", cause="", now_ms=1
        )
    )


def replies(given: enrolment.Enrolment, tag: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {given.token}", "If-None-Match": tag}
    return httpx.get(f"{given.server_url}/api/v1/replies", headers=headers)


def test_a_new_suggestion_waits_in_the_inbox_with_its_proof(server: RunningServer) -> None:
    _, _, address = suggest(server)
    person = logged_in(server, Role.REGION, Scope("47"))
    listed = person.get("/suggestions").text
    assert "Айгүл апай &lt;b&gt;, су алыңызшы" in listed
    assert address in listed
    assert "the words fit the hash in the journal" in person.get(address).text


def test_words_that_are_not_those_of_the_entry_are_called_so(sqlite_server: RunningServer) -> None:
    server = sqlite_server
    journal = MemoryJournal()
    journal.add(Suggestion("s1", text_sha256(SALT, "other words"), "kk"))
    given = server.enrol(journal)
    push(journal, given)
    send_words(journal, given, WORDS)
    send_words(journal, given, "nobody has sent the entry yet", "s2")
    person = logged_in(server)
    address = f"/suggestions/{SLUG}/{journal.identity.kiosk_id}"
    assert "the words do not fit the hash in the journal" in person.get(f"{address}/s1").text
    assert "has not arrived in the journal yet" in person.get(f"{address}/s2").text


def test_it_keeps_its_way_between_the_offices_and_one_always_has_it(server: RunningServer) -> None:
    _, _, address = suggest(server)
    region = logged_in(server, Role.REGION, Scope("47"))
    assert region.post(address, do="move", office="national", note="").status_code == 422
    assert region.post(address, do="take").status_code == 200
    region.post(address, do="move", office="national", note="Needs the ministry")
    assert region.post(address, do="answer", reply_kk="жоқ").status_code == 403
    assert "it answers" in region.get(address).text
    national = logged_in(server)
    assert "Needs the ministry" in national.get(address).text
    assert address in national.get("/suggestions?office=national&status=new").text
    national.post(address, do="move", office="region", note="Yours after all")
    assert region.post(address, do="note", note="Called them").status_code == 200
    way = re.findall(r"<strong>([^<]+)</strong>", region.get(address).text.partition("Its way")[2])
    assert way == [
        "Arrived",
        "Taken up",
        "Handed to: National office",
        "Handed to: Region's office",
        "Note",
    ]


def test_nothing_closes_without_an_answer_or_a_reason(server: RunningServer) -> None:
    _, _, address = suggest(server)
    person = logged_in(server, Role.REGION, Scope("47"))
    for what in ("answer", "decline"):
        refused = person.post(address, do=what, reply_kk=" ", reply_ru="")
        assert refused.status_code == 422
        assert "Nothing closes without an answer or a reason" in refused.text
    assert address in person.get("/suggestions?status=new").text
    person.post(address, do="decline", reply_ru="Нет места")
    assert address not in person.get("/suggestions").text
    assert address in person.get("/suggestions?status=declined").text
    person.post(address, do="reopen", note="There is room now")
    assert address in person.get("/suggestions?status=assigned").text


def test_a_kiosk_gets_only_what_an_office_approved_for_its_own_shop(
    server: RunningServer,
) -> None:
    _, given, address = suggest(server)
    add_elsewhere(server)
    _, other_given, _ = suggest(server, ELSEWHERE)
    person = logged_in(server, Role.REGION, Scope("47"))
    person.post(address, do="answer", reply_kk="Су келеді", reply_ru="Вода будет")
    assert replies(given).json()["replies"] == []
    person.post(address, do="show", reply="1")
    answer = replies(given)
    [reply] = answer.json()["replies"]
    assert reply["reply"] == {"kk": "Су келеді", "ru": "Вода будет"}
    assert "words" not in reply
    assert replies(given, answer.headers["etag"]).status_code == 304
    person.post(address, do="show", reply="1", words="1")
    assert replies(given).json()["replies"][0]["words"] == WORDS
    assert replies(other_given).json()["replies"] == []
    assert httpx.get(f"{server.url}/api/v1/replies").status_code == 401


def test_a_changed_reply_must_be_approved_again(server: RunningServer) -> None:
    _, given, address = suggest(server)
    person = logged_in(server)
    assert person.post(address, do="show", reply="1").status_code == 422
    person.post(address, do="answer", reply_en="Yes")
    person.post(address, do="show", reply="1")
    person.post(address, do="answer", reply_en="Yes")
    assert len(replies(given).json()["replies"]) == 1
    person.post(address, do="answer", reply_en="Yes, on Monday")
    assert replies(given).json()["replies"] == []


def test_deleted_words_are_nowhere_and_do_not_come_back(server: RunningServer) -> None:
    journal, given, address = suggest(server)
    person = logged_in(server)
    person.post(address, do="answer", reply_kk="Иә")
    person.post(address, do="show", words="1", reply="1")
    assert "Айгүл" in httpx.get(server.url).text
    person.post(address, do="delete")
    send_words(journal, given, WORDS)
    assert "Айгүл" not in httpx.get(server.url).text
    assert "Айгүл" not in person.get(address).text
    assert "words" not in replies(given).json()["replies"][0]
    assert person.post(address, do="show", words="1").status_code == 422

    def everything(connection):
        tables = (suggestion_text, suggestion_case, suggestion_step, audit)
        rows = [tuple(row) for table in tables for row in connection.execute(select(table))]
        return repr(rows), connection.execute(select(entry.c.payload)).scalars().all()

    rows, payloads = server.store.read(everything)
    assert "Айгүл" not in rows
    # With the salt a short text could be found again by guessing.
    assert repr(SALT) not in rows
    assert text_sha256(SALT, WORDS).encode() in payloads[0]


def test_every_change_stands_in_the_audit_trail_without_words(server: RunningServer) -> None:
    _, _, address = suggest(server)
    person = logged_in(server)
    person.post(address, do="take")
    person.post(address, do="answer", reply_kk="Айгүл апайға рахмет")
    person.post(address, do="show", reply="1")
    person.post(address, do="show")
    person.post(address, do="delete")
    query = select(audit).where(audit.c.action.like("suggestion.%")).order_by(audit.c.at_ms)
    rows = server.store.read(lambda c: c.execute(query).all())
    assert [row.action.partition(".")[2] for row in rows] == [
        "taken",
        "answered",
        "shown",
        "hidden",
        "deleted",
    ]
    assert {row.region_code for row in rows} == {"47"}
    assert "Айгүл" not in repr(rows)


@pytest.mark.parametrize("what", ["take", "answer", "move", "show", "delete", "note"])
def test_nobody_reads_or_changes_another_regions(sqlite_server: RunningServer, what: str) -> None:
    server = sqlite_server
    add_elsewhere(server)
    _, _, address = suggest(server)
    person = logged_in(server, Role.REGION, Scope("75"))
    assert "Айгүл" not in person.get("/suggestions?status=all").text
    assert "Айгүл" not in person.get(f"/suggestions?status=all&shop={SLUG}&region=47").text
    assert person.get(address).status_code == 404
    person.get("/suggestions")
    assert person.post(address, do=what, note="x", reply_kk="x").status_code == 404
    assert server.store.read(lambda c: c.execute(select(suggestion_case)).all()) == []


def test_an_auditor_reads_and_a_shops_lead_answers_but_decides_nothing(
    sqlite_server: RunningServer,
) -> None:
    server = sqlite_server
    _, _, address = suggest(server)
    auditor = logged_in(server, Role.AUDITOR, Scope("47"))
    assert "Айгүл" in auditor.get(address).text
    assert auditor.post(address, do="take").status_code == 403
    lead = logged_in(server, Role.SHOP, Scope(None, 1))
    page = lead.get(address).text
    assert "For everybody" not in page
    assert lead.post(address, do="answer", reply_kk="Иә").status_code == 200
    for what in ("show", "delete", "decline", "move"):
        refused = lead.post(address, do=what, reply="1", note="x", reply_kk="Жоқ")
        assert refused.status_code == 403


def test_a_long_inbox_turns_its_pages_oldest_first(sqlite_server: RunningServer) -> None:
    server = sqlite_server
    journal = MemoryJournal()
    given = server.enrol(journal)
    for number in range(53):
        send_words(journal, given, f"wish {number:02}", f"s{number:02}")
    person = logged_in(server)
    first, second = (_wishes(person, f"/suggestions?page={number}") for number in (1, 2))
    assert first == [f"wish {number:02}" for number in range(50)]
    assert second == ["wish 50", "wish 51", "wish 52"]
    assert _wishes(person, "/suggestions?age=3") == []


def _wishes(person: Browser, path: str) -> list[str]:
    return re.findall(r"wish \d\d", person.get(path).text)
