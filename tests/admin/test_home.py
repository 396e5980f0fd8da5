"""The first page's desk: the visit begins, goes on, and what is wrong is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.admin.home import BACKLOG_MIN, Matter, coins_out
from kiosk.admin.pages import Page, Step
from kiosk.admin.visit_book import OLD_AFTER_MS, StepState, VisitFile
from kiosk.domain.entries import CashCount, Restock, RestockLine, UnknownScan
from kiosk.domain.ledger import day_of
from kiosk.domain.money import Pieces
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.admin.money_room import money_room, services_in
from tests.till.shop import CATALOGUE, KINDS, WATER_CODE

FULL_BOX = {"c200": 20, "c100": 20, "c50": 20, "c20": 20, "c10": 20}


@dataclass
class Status:
    """What the uploader tells."""

    backlog: int


@pytest.fixture
def room(tmp_path: Path) -> Iterator[BackRoom]:
    room = money_room(tmp_path)
    yield room
    room.close()


def matters(room: BackRoom) -> dict[Matter, int]:
    return {x.matter: x.count for x in room.open(Page.HOME).state.concerns}


def test_the_big_key_begins_a_visit_at_its_first_step(room: BackRoom) -> None:
    desk = room.open(Page.HOME)
    assert not desk.state.is_open
    desk.start()
    assert room.visit.is_open
    assert room.visit.by == VOLUNTEER
    assert room.page is Page.COUNT


def test_the_big_key_goes_on_where_the_visit_stands(room: BackRoom) -> None:
    room.visit.begin("v0")
    room.visit.done(Step.COUNT)
    room.visit.skip(Step.TAKE_OUT)
    desk = room.open(Page.HOME)
    assert desk.state.next_step is Step.STOCKTAKE
    assert dict(desk.state.steps)[Step.TAKE_OUT] is StepState.SKIPPED
    desk.start()
    assert room.page is Page.STOCKTAKE
    assert room.visit.by == "v0"


def test_when_all_steps_are_made_the_summary_is_next(room: BackRoom) -> None:
    room.visit.begin(VOLUNTEER)
    for step in Step:
        if step is not Step.SUMMARY:
            room.visit.done(step)
    desk = room.open(Page.HOME)
    desk.start()
    assert room.page is Page.SUMMARY


def test_a_step_can_be_gone_to_straight(room: BackRoom) -> None:
    room.open(Page.HOME).open_step(Step.RESTOCK)
    assert room.page is Page.RESTOCK
    assert room.visit.is_open


def test_a_concern_about_a_step_opens_it_within_a_visit(room: BackRoom) -> None:
    room.open(Page.HOME).open_page(Page.COUNT)
    assert room.page is Page.COUNT
    assert room.visit.is_open


def test_an_old_visit_goes_on_only_when_the_volunteer_says_so(room: BackRoom) -> None:
    now_ms = room.now_ms
    room.visit = room.office.visit = VisitFile(room.directory, now_ms=lambda: now_ms)
    room.visit.begin("v0")
    now_ms += OLD_AFTER_MS + 1
    desk = room.open(Page.HOME)
    desk.start()
    assert desk.state.asks_anew
    assert room.page is Page.HOME
    desk.think_again()
    assert not desk.state.asks_anew
    before = room.visit.visit_id
    desk.start()
    desk.go_on()
    assert room.visit.visit_id == before
    desk = room.open(Page.HOME)
    desk.start()
    desk.begin_anew()
    assert room.visit.visit_id != before
    assert room.page is Page.COUNT


def test_what_was_read_late_does_not_take_the_question_away(room: BackRoom) -> None:
    room.visit = room.office.visit = VisitFile(room.directory, now_ms=lambda: now_ms)
    now_ms = 0
    room.visit.begin("v0")
    now_ms = OLD_AFTER_MS + 1
    desk = room.open(Page.HOME)
    desk.open()
    desk.start()
    room.settle()
    assert desk.state.asks_anew
    assert desk.state.unknown == 0


def test_a_box_that_nobody_counted_is_told(room: BackRoom) -> None:
    assert matters(room) == {Matter.BOX_UNKNOWN: 1}


def test_in_a_full_box_and_fresh_shop_all_is_well(room: BackRoom) -> None:
    room.count_box(**FULL_BOX)
    assert matters(room) == {}


def test_coins_that_prices_need_and_the_box_lacks_are_told(room: BackRoom) -> None:
    room.count_box(c200=20, c100=20, c20=20)
    (concern,) = room.open(Page.HOME).state.concerns
    assert concern.matter is Matter.COINS_OUT
    assert [kind.code for kind in concern.kinds] == ["c50", "c10"]


def test_coins_smaller_than_any_price_asks_for_are_not_missed() -> None:
    out = coins_out(Pieces(), CATALOGUE, KINDS)
    assert "c5" not in [kind.code for kind in out]
    assert "c10" in [kind.code for kind in out]


def test_pieces_past_or_near_their_day_are_told(room: BackRoom) -> None:
    today = day_of(room.now_ms)
    days = [(today - timedelta(1), 3), (today + timedelta(3), 5), (today + timedelta(90), 7)]
    lines = tuple(RestockLine("tea", n, best_before=day.isoformat()) for day, n in days)
    room.write(Restock(lines, VOLUNTEER, "f"), CashCount(FULL_BOX, VOLUNTEER), days_ago=2)
    assert matters(room) == {Matter.EXPIRED: 3, Matter.EXPIRING: 5}


@pytest.mark.parametrize(("waiting", "told"), [(BACKLOG_MIN - 1, 0), (BACKLOG_MIN, BACKLOG_MIN)])
def test_a_backlog_worth_a_word_is_told(tmp_path: Path, waiting: int, told: int) -> None:
    services = {**services_in(tmp_path), "sync_status": lambda: Status(waiting)}
    room = BackRoom(tmp_path, **services)
    try:
        assert matters(room).get(Matter.BACKLOG, 0) == told
    finally:
        room.close()


def test_a_kiosk_without_a_centre_has_no_backlog(room: BackRoom) -> None:
    assert Matter.BACKLOG not in matters(room)


def test_unknown_codes_are_counted_once_each(room: BackRoom) -> None:
    room.write(
        UnknownScan("111", "ean13", "04870028006041"),
        UnknownScan("111", "ean13", "04870028006041"),
        UnknownScan("known", "ean13", WATER_CODE),
        UnknownScan("http://", "qr", None),
    )
    assert room.open(Page.HOME).state.unknown == 1
