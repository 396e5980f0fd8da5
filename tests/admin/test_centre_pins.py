"""The centre's list of volunteers, brought into a real PIN book and a journal."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest

from kiosk.admin.centre_pins import follow
from kiosk.admin.pin_file import PinError
from kiosk.admin.pin_hash import HashCost
from kiosk.admin.pins import PinBook
from kiosk.domain import pins as rules
from kiosk.domain.entries import VolunteerChanged
from kiosk.domain.remote_values import RemoteVolunteer

CHEAP = HashCost(memory_kib=8, passes=1)
LOCAL, PIN, OTHER = "271828", "314159", "161803"


class Book:
    """A PIN book, and what was written down about it."""

    def __init__(self, folder: Path, *, with_local: bool = True) -> None:
        self.pins = PinBook(folder, cost=CHEAP)
        self.said: list[tuple[str, str, str]] = []
        if with_local:
            self.pins.add("Ерлан", LOCAL)

    def append(self, body: VolunteerChanged) -> Future[object]:
        self.said.append((body.volunteer_id, body.what, body.by))
        done: Future[object] = Future()
        done.set_result(None)
        return done

    def follow(self, before: list[RemoteVolunteer], now: list[RemoteVolunteer]) -> bool:
        return follow(self.pins, self.append, before, now)

    def who(self, pin: str) -> str | None:
        self.pins.reset_delay()
        found = self.pins.try_pin(pin).volunteer
        return None if found is None else found.volunteer_id


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Give a book with one volunteer who was let in at the kiosk."""
    return Book(tmp_path)


def sent(pin: str, name: str = "Әсел", volunteer_id: str = "c00000001") -> RemoteVolunteer:
    return RemoteVolunteer(volunteer_id, name, CHEAP.hasher().hash(pin))


def test_a_pin_issued_at_the_centre_opens_the_door_and_is_written_down(book: Book) -> None:
    assert book.follow([], [sent(PIN)])
    assert book.who(PIN) == "c00000001"
    assert book.who(LOCAL) == "v1"
    assert book.said == [("c00000001", "added", "centre")]


def test_one_who_left_the_list_comes_in_no_more(book: Book) -> None:
    asel = sent(PIN)
    book.follow([], [asel])
    assert book.follow([asel], [])
    assert book.who(PIN) is None
    assert book.said[-1] == ("c00000001", "removed", "centre")
    assert book.follow([asel], [])
    assert len(book.said) == 2


def test_those_of_the_kiosk_itself_are_never_touched(book: Book) -> None:
    assert book.follow([], [])
    assert book.who(LOCAL) == "v1"
    assert book.said == []


def test_a_pin_changed_at_the_kiosk_survives_another_version(book: Book) -> None:
    asel = sent(PIN)
    book.follow([], [asel])
    book.pins.set_pin("c00000001", OTHER)
    book.follow([asel], [asel, sent("202122", "Марат", "c00000002")])
    assert book.who(OTHER) == "c00000001"
    assert book.who(PIN) is None


def test_one_who_was_taken_out_at_the_kiosk_does_not_come_back_by_himself(book: Book) -> None:
    asel = sent(PIN)
    book.follow([], [asel])
    book.pins.remove("c00000001")
    book.follow([asel], [asel])
    assert book.who(PIN) is None
    book.follow([asel], [sent(OTHER)])
    assert book.who(OTHER) == "c00000001"


def test_a_new_pin_replaces_the_old_one(book: Book) -> None:
    asel = sent(PIN)
    book.follow([], [asel])
    book.follow([asel], [sent(OTHER)])
    assert book.who(PIN) is None
    assert book.who(OTHER) == "c00000001"
    assert book.said[-1] == ("c00000001", "pin", "centre")


def test_the_last_one_stays_until_there_is_another(tmp_path: Path) -> None:
    book = Book(tmp_path, with_local=False)
    asel = sent(PIN)
    book.follow([], [asel])
    assert not book.follow([asel], [])
    assert book.who(PIN) == "c00000001"
    book.pins.add("Ерлан", LOCAL)
    assert book.follow([], [])
    assert book.who(PIN) is None
    assert book.who(LOCAL) == "v1"


def test_swapping_all_for_others_in_one_version_works(tmp_path: Path) -> None:
    book = Book(tmp_path, with_local=False)
    asel = sent(PIN)
    book.follow([], [asel])
    assert book.follow([asel], [sent(OTHER, "Марат", "c00000002")])
    assert book.who(PIN) is None
    assert book.who(OTHER) == "c00000002"


def test_a_hash_that_would_stall_the_kiosk_changes_nothing(book: Book) -> None:
    dear = "$argon2id$v=19$m=4194304,t=3,p=4$c2FsdHNhbHQ$FNqxwHC2l1liWu3JTgGn6w"
    with pytest.raises(PinError):
        book.follow([], [RemoteVolunteer("c00000002", "Марат", dear), sent(PIN)])
    assert len(book.pins.volunteers) == 1
    assert book.said == []


def test_both_ends_hash_at_the_same_cost() -> None:
    """Or every PIN of the centre would be hashed again when it is first used."""
    from sync.server.kiosk_settings import volunteers

    assert not HashCost().hasher().check_needs_rehash(volunteers.hashed("271828"))
    assert HashCost().memory_kib == rules.HASH_MEMORY_KIB
