"""Settings from afar, at the centre: limits, places, versions, PINs, and who may do what."""

from __future__ import annotations

import re
from typing import Any

import httpx
import msgspec
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from kiosk.domain.remote_values import VERSION_MAX, SettingsDocument
from sync import wire
from sync.kiosk_settings import require_ours
from sync.server import admin
from sync.server.accounts.roles import Role, Scope
from sync.server.kiosk_settings import volunteers
from sync.server.schema import audit
from sync.server.schema.kiosk_settings import shop_settings, shop_volunteer
from tests.sync.harness import SLUG, MemoryJournal, RunningServer
from tests.web.people import Browser, logged_in

PAGE = f"/shops/{SLUG}/settings"
REGION_PAGE = "/regions/47/settings"
PIN = "271828"


def save(person: Browser, page: str = PAGE, **fields: Any) -> httpx.Response:
    """The form as a browser sends it: all that stands in it already, and what is typed now."""
    text = person.get(page).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', text)[1]
    stands = dict(re.findall(r'<input id="([^"]+)" name="\1"[^>]* value="([^"]*)"', text))
    form = {name: value for name, value in stands.items() if name not in ("name", "pin")}
    for name, options in re.findall(r'<select id="([^"]+)".*?>(.*?)</select>', text):
        chosen = re.search(r'value="([^"]*)" selected', options)
        form[name] = chosen[1] if chosen else ""
    ticked: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="checkbox" name="([^"]+)" value="([^"]+)" checked', text):
        ticked.setdefault(name, []).append(value)
    return person.post(page, **{"seen": seen, **form, **ticked, **fields})


def kiosk_of(server: RunningServer, slug: str = SLUG) -> Any:
    return server.enrol(MemoryJournal(), code=server.code(slug=slug))


def fetch(given: Any, have: int = 0, **report: str) -> httpx.Response:
    return httpx.get(
        f"{given.server_url}/api/v1/settings",
        headers={"Authorization": f"Bearer {given.token}", "If-None-Match": f'"{have}"'},
        params={"have": have, **report},
    )


def document(given: Any, have: int = 0) -> SettingsDocument:
    """What the kiosk gets, checked as it does."""
    answer = fetch(given, have)
    assert answer.status_code == 200, answer.text
    return require_ours(
        given.server_key,
        answer.headers[wire.SIGNATURE_HEADER],
        given.shop.shop_id,
        have,
        answer.content,
    )


def issue(person: Browser, name: str = "Әсел", pin: str = "", **more: str) -> httpx.Response:
    text = person.get(PAGE).text
    new_id = re.search(r'name="volunteer_id" value="(c[0-9a-f]{8})"', text)[1]
    return person.post(
        f"{PAGE}/volunteers", **{"volunteer_id": new_id, "name": name, "pin": pin, **more}
    )


def shown_pin(answer: httpx.Response) -> str | None:
    found = re.search(r'class="pin">(\d+)<', answer.text)
    return found[1] if found else None


# --- values -------------------------------------------------------------------------------------


def test_what_a_coordinator_sets_reaches_the_shops_kiosk_signed(server: RunningServer) -> None:
    given = kiosk_of(server)
    assert fetch(given).status_code == 304, "nothing is set: the kiosk has the newest, none"
    person = logged_in(server, Role.REGION, Scope("47"))
    assert save(person, **{"shop.volunteer_phone": "+7 701 555 01 01"}).status_code == 200
    first = document(given)
    assert (first.version, first.values) == (1, {"shop.volunteer_phone": "+7 701 555 01 01"})
    assert fetch(given, have=1).status_code == 304
    save(
        person,
        **{
            "idle.warn_after_s": "45",
            "sound.volume": "30",
            "language.offered": ["kk", "ru"],
            "language.default": "ru",
        },
    )
    second = document(given, have=1)
    assert second.version == 2
    assert second.values == {
        "shop.volunteer_phone": "+7 701 555 01 01",
        "idle.warn_after_s": 45,
        "sound.volume": 0.3,
        "language": {"offered": ["kk", "ru"], "default": "ru"},
    }


def test_saving_what_stands_there_already_makes_no_version_and_no_note(
    sqlite_server: RunningServer,
) -> None:
    person = logged_in(sqlite_server)
    everything = {
        "shop.name.kk": "Дүкен",
        "none:qr.payload": "yes",
        "sound.enabled": "no",
        "cash.rounding_tenge": "5",
        "cash.coins_tenge": ["5", "10"],
        "language.offered": ["kk"],
        "language.default": "kk",
        "sound.volume": "70",
    }
    save(person, **everything)
    before = notes(sqlite_server)
    assert len(before) == 7
    assert save(person).status_code == 200
    assert notes(sqlite_server) == before
    assert document(kiosk_of(sqlite_server)).version == 1


def test_a_shops_own_value_lies_over_its_regions_and_back_to_default_uncovers_it(
    server: RunningServer,
) -> None:
    given = kiosk_of(server)
    office = logged_in(server, Role.REGION, Scope("47"))
    save(office, REGION_PAGE, **{"idle.warn_after_s": "90"})
    assert document(given).values == {"idle.warn_after_s": 90}
    save(office, **{"idle.warn_after_s": "40"})
    assert document(given, 1).values == {"idle.warn_after_s": 40}
    office.get(PAGE)
    office.post(PAGE, reset="idle.warn_after_s")
    assert document(given, 2).values == {"idle.warn_after_s": 90}
    assert "From the region" in office.get(PAGE).text


def test_a_shop_that_comes_later_gets_its_regions_values(sqlite_server: RunningServer) -> None:
    save(logged_in(sqlite_server), REGION_PAGE, **{"shop.cause.ru": "Книги"})
    sqlite_server.add_shop("later")
    assert document(kiosk_of(sqlite_server, "later")).values == {"shop.cause": {"ru": "Книги"}}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("idle.extend_s", "19"),
        ("idle.extend_s", "121"),
        ("idle.warn_after_s", "-30"),
        ("idle.warn_after_s", "1e9"),
        ("sound.volume", "101"),
        ("shop.volunteer_phone", "call me"),
        ("shop.name.kk", "x" * 61),
        ("shop.name.kk", "bell\x07"),
        ("cash.rounding_tenge", "7"),
        ("sound.enabled", "perhaps"),
        ("language.default", "ru"),
        ("qr.payload", "q" * 501),
    ],
)
def test_what_lies_outside_the_limits_is_not_saved_and_shown_again(
    shared_server: RunningServer, field: str, value: str
) -> None:
    person = _office(shared_server)
    before = notes(shared_server)
    answer = save(person, **{field: value, "shop.cause.en": "Something good"})
    assert answer.status_code == 422
    assert "Nothing was saved yet" in answer.text
    assert 'value="Something good"' in answer.text
    assert notes(shared_server) == before


_offices: dict[str, Browser] = {}


def _office(server: RunningServer) -> Browser:
    """One login for all that only try."""
    if server.url not in _offices:
        _offices[server.url] = logged_in(server)
    return _offices[server.url]


def test_what_is_not_in_the_table_cannot_be_set(shared_server: RunningServer) -> None:
    person = _office(shared_server)
    for name in ("camera.source", "sync.server_url", "storage.directory", "admin.pin"):
        save(person, **{name: "x"})
        assert person.post(PAGE, reset=name).status_code in (200, 422)
    assert notes(shared_server) == []


def test_two_who_change_at_once_do_not_undo_one_another(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server)
    old = re.search(r'name="seen" value="([0-9a-f]+)"', person.get(PAGE).text)[1]
    save(person, **{"shop.volunteer_phone": "+77015550101"})
    late = person.post(PAGE, seen=old, **{"idle.thanks_s": "9"})
    assert late.status_code == 422
    assert "Somebody else has changed" in late.text
    assert document(kiosk_of(sqlite_server)).values == {"shop.volunteer_phone": "+77015550101"}


def test_a_shops_lead_sets_its_words_and_not_its_money(sqlite_server: RunningServer) -> None:
    shop_id = document_shop(sqlite_server)
    lead = logged_in(sqlite_server, Role.SHOP, Scope(None, shop_id))
    assert 'name="qr.payload"' not in lead.get(PAGE).text
    assert save(lead, **{"shop.cause.ru": "Книги"}).status_code == 200
    before = notes(sqlite_server)
    assert save(lead, **{"qr.payload": "https://mine.example"}).status_code == 403
    assert save(lead, **{"none:qr.payload": "yes"}).status_code == 403
    assert notes(sqlite_server) == before
    lead.get(PAGE)
    assert lead.post(PAGE, reset="qr.payload").status_code == 200, "there is nothing to take back"
    assert lead.get(REGION_PAGE).status_code == 404


def test_a_lead_cannot_take_back_what_the_office_set(sqlite_server: RunningServer) -> None:
    save(logged_in(sqlite_server), **{"qr.payload": "https://pay.example/1"})
    lead = logged_in(sqlite_server, Role.SHOP, Scope(None, document_shop(sqlite_server)))
    assert "https://pay.example/1" in lead.get(PAGE).text
    assert lead.post(PAGE, reset="qr.payload").status_code == 403


def document_shop(server: RunningServer) -> int:
    return kiosk_of(server).shop.shop_id


def test_a_kiosk_of_another_shop_gets_nothing_of_this_one(sqlite_server: RunningServer) -> None:
    sqlite_server.store.write(
        lambda c: admin.add_shop(
            c, slug="other", name="Other", region_code="75", cause="", now_ms=1
        )
    )
    save(logged_in(sqlite_server), **{"shop.cause.ru": "Книги"})
    assert fetch(kiosk_of(sqlite_server, "other")).status_code == 304
    nobody = httpx.get(f"{sqlite_server.url}/api/v1/settings")
    assert nobody.status_code == 401


# --- versions and reports -----------------------------------------------------------------------


def test_a_kiosk_with_a_higher_version_than_the_centre_gets_what_holds_above_it(
    server: RunningServer,
) -> None:
    """The centre was restored from a backup; kiosks take nothing older."""
    given = kiosk_of(server)
    save(logged_in(server), **{"shop.cause.ru": "Книги"})
    assert document(given, have=7).version == 8
    assert document(given, have=0).values == {"shop.cause": {"ru": "Книги"}}


def test_no_kiosk_can_use_up_its_shops_versions(server: RunningServer) -> None:
    given = kiosk_of(server)
    person = logged_in(server)
    save(person, **{"shop.cause.ru": "Книги"})
    assert fetch(given, have=VERSION_MAX - 1).status_code == 200
    save(person, **{"shop.cause.ru": "Мячи"})
    assert document(given, have=1).version == 2


def test_the_page_says_what_each_kiosk_has(server: RunningServer) -> None:
    given = kiosk_of(server)
    person = logged_in(server)
    assert "Has not asked yet" in person.get(PAGE).text
    save(person, **{"shop.cause.ru": "Книги"})
    fetch(given)
    assert "Newer settings wait" in person.get(PAGE).text
    fetch(given, have=1, in_effect="0", refused="language", waiting="sync.interval_s")
    text = person.get(PAGE).text
    assert "Waits until nobody is shopping" in text
    assert "Does not fit on the kiosk: Languages" in text
    assert "next start: The kiosk looks for news every" in text
    fetch(given, have=1, in_effect="1")
    assert "In effect</span>" in person.get(PAGE).text


def test_history_says_who_changed_what(sqlite_server: RunningServer) -> None:
    person = logged_in(sqlite_server, Role.REGION, Scope("47"))
    save(person, **{"idle.thanks_s": "9"})
    save(person, **{"idle.thanks_s": "120"})  # refused: too long
    save(person, **{"idle.thanks_s": ""})
    history = person.get(PAGE).text.partition('id="history"')[2]
    assert history.count("Thanks stay on screen") == 2
    assert "region of 47" in history
    assert "9 s" in history


# --- PINs ---------------------------------------------------------------------------------------


def test_a_pin_is_shown_once_and_only_its_hash_goes_out(server: RunningServer) -> None:
    given, person = kiosk_of(server), logged_in(server)
    answer = issue(person)
    pin = shown_pin(answer)
    assert pin is not None
    assert len(pin) == 6
    assert answer.headers["cache-control"] == "no-store"
    assert shown_pin(person.get(PAGE)) is None
    [one] = document(given).volunteers
    assert one.name == "Әсел"
    assert PasswordHasher().verify(one.pin_hash, pin)
    everything = str(server.store.read(lambda c: c.execute(select(audit)).all()))
    everything += str(server.store.read(lambda c: c.execute(select(shop_volunteer)).all()))
    everything += person.get("/audit").text
    assert pin not in everything
    assert "argon2id" not in str(server.store.read(lambda c: c.execute(select(audit)).all()))
    assert pin not in repr(document(given))


def test_a_form_sent_twice_is_one_volunteer_and_shows_no_second_pin(
    sqlite_server: RunningServer,
) -> None:
    person = logged_in(sqlite_server)
    first = issue(person, volunteer_id="c0a1b2c3d")
    again = issue(person, volunteer_id="c0a1b2c3d")
    assert shown_pin(first) is not None
    assert shown_pin(again) is None
    assert len(document(kiosk_of(sqlite_server)).volunteers) == 1


@pytest.mark.parametrize("pin", ["123456", "12345", "абвгде", "1" * 10, "٢٧١٨٢٨", "27182 8", PIN])
def test_a_pin_that_is_weak_strange_or_anothers_is_refused_in_the_same_words(
    shared_server: RunningServer, pin: str
) -> None:
    person = _office(shared_server)
    if "Taken one" not in person.get(PAGE).text:
        assert shown_pin(issue(person, "Taken one", PIN)) == PIN
    answer = issue(person, "Another one", pin)
    assert answer.status_code == 422
    assert "This PIN cannot be used" in answer.text


def test_a_pin_taken_back_leaves_the_document_and_no_hash_behind(server: RunningServer) -> None:
    given, person = kiosk_of(server), logged_in(server)
    issue(person, "Әсел")
    issue(person, "Ерлан")
    gone = next(one for one in document(given).volunteers if one.name == "Әсел")
    person.get(PAGE)
    person.post(f"{PAGE}/volunteers/{gone.volunteer_id}", do="revoke")
    assert [one.name for one in document(given, 2).volunteers] == ["Ерлан"]
    kept = server.store.read(lambda c: c.execute(select(shop_settings.c.document)).scalar_one())
    assert gone.pin_hash.encode() not in bytes(kept)
    hashes = server.store.read(
        lambda c: c.execute(select(shop_volunteer.c.pin_hash)).scalars().all()
    )
    assert gone.pin_hash not in hashes
    assert person.post(f"{PAGE}/volunteers/{gone.volunteer_id}", do="pin").status_code == 404


def test_a_new_pin_replaces_the_old_one(sqlite_server: RunningServer) -> None:
    given, person = kiosk_of(sqlite_server), logged_in(sqlite_server)
    issue(person, "Әсел", PIN)
    [one] = document(given).volunteers
    answer = person.post(f"{PAGE}/volunteers/{one.volunteer_id}", do="pin")
    [fresh] = document(given, 1).volunteers
    assert fresh.volunteer_id == one.volunteer_id
    assert PasswordHasher().verify(fresh.pin_hash, shown_pin(answer))
    assert shown_pin(answer) != PIN


def test_pins_of_another_region_are_out_of_reach(sqlite_server: RunningServer) -> None:
    issue(logged_in(sqlite_server), "Әсел", PIN)
    [one] = document(kiosk_of(sqlite_server)).volunteers
    stranger = logged_in(sqlite_server, Role.REGION, Scope("75"))
    before = notes(sqlite_server)
    for path in (PAGE, f"{PAGE}/volunteers", f"{PAGE}/volunteers/{one.volunteer_id}"):
        answer = stranger.post(path, do="revoke", name="Me", pin="314159", seen="x")
        assert answer.status_code == 404, path
    assert stranger.get(REGION_PAGE).status_code == 404
    assert notes(sqlite_server) == before


def test_drawn_pins_are_never_weak() -> None:
    from kiosk.domain.pins import is_pin, is_weak

    drawn = [volunteers.drawn_pin() for _ in range(300)]
    assert all(is_pin(pin) and not is_weak(pin) for pin in drawn)
    assert len(set(drawn)) > 290


def notes(server: RunningServer) -> list[Any]:
    """All that was ever noted about settings and volunteers, but for the one of shared tests."""
    rows = server.store.read(
        lambda c: c.execute(
            select(audit.c.audit_id, audit.c.action).where(audit.c.action.like("settings.%"))
        ).all()
    )
    return sorted(tuple(row) for row in rows)


def test_the_signed_bytes_are_the_document_itself(sqlite_server: RunningServer) -> None:
    given = kiosk_of(sqlite_server)
    save(logged_in(sqlite_server), **{"shop.cause.ru": "Книги"})
    answer = fetch(given)
    assert msgspec.json.decode(answer.content)["shop_id"] == given.shop.shop_id
    assert answer.headers["etag"] == '"1"'


def test_spoken_prompts_are_set_from_afar_within_their_limits(
    sqlite_server: RunningServer,
) -> None:
    given = kiosk_of(sqlite_server)
    lead = logged_in(sqlite_server, Role.SHOP, Scope(None, document_shop(sqlite_server)))
    fast = save(lead, **{"voice.enabled": "yes", "voice.words_per_minute": "301"})
    assert fast.status_code == 422
    assert fetch(given).status_code == 304
    kept = save(lead, **{"voice.enabled": "yes", "voice.words_per_minute": "120"})
    assert kept.status_code == 200
    assert "words a minute: 120" in lead.get(PAGE).text
    assert document(given).values == {"voice.enabled": True, "voice.words_per_minute": 120}
