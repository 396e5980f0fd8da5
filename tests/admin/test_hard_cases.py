"""What went wrong once in the back room, or would have cost money: kept as it was found."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import msgspec
import pytest

from kiosk.admin.pages import Page, Step
from kiosk.admin.take_out import TakeOutStage
from kiosk.backup import restore
from kiosk.backup.make import make_backup
from kiosk.domain.entries import CashCount, CashReceived, FloatIn, Restock, VolunteerChanged
from kiosk.domain.errors import ProductError
from kiosk.domain.money import coin, note
from kiosk.domain.products import Product
from tests.admin.back_room import BackRoom
from tests.admin.money_room import HERS, money_room
from tests.till.shop import TEA_CODE, WATER, WATER_CODE

PATIENCE_S = 60.0


@pytest.fixture
def room(tmp_path: Path):
    made = money_room(tmp_path)
    yield made
    made.close()


class SlowDisk:
    """The journal's writer stands still until it is let go."""

    def __init__(self, room: BackRoom) -> None:
        self._gate = threading.Event()
        room.journal._writer.write(lambda _connection: self._gate.wait(PATIENCE_S))

    def go_on(self) -> None:
        self._gate.set()


def come_in_again(room: BackRoom, page: Page):
    """Out in the middle of saving, and in again before the disk has answered."""
    room.office.leave()
    room.office.knock("kk")
    room.office.let_in("v2", "Болат")
    room.office.go(page)
    return room.office.desk(page)


def test_a_float_handed_in_twice_on_a_slow_disk_is_put_in_once(room: BackRoom):
    room.count_box(c100=4)
    desk = room.open(Page.CHANGE_FLOAT)
    desk.more(coin(50))
    desk.put_in()
    disk = SlowDisk(room)
    desk.confirm()
    again = come_in_again(room, Page.CHANGE_FLOAT)
    disk.go_on()
    again.put_in()
    again.confirm()
    room.settle()
    assert [body.pieces for body in room.bodies(FloatIn)] == [{"c50": 1}]


def test_goods_handed_in_twice_on_a_slow_disk_are_on_the_shelf_once(room: BackRoom):
    desk = room.open(Page.RESTOCK)
    room.scan(TEA_CODE)
    disk = SlowDisk(room)
    desk.finish()
    again = come_in_again(room, Page.RESTOCK)
    disk.go_on()
    again.finish()
    room.settle()
    assert len(room.bodies(Restock)) == 1
    assert room.journal.ledger.stock["tea"] == 1


def test_a_purchase_between_counting_and_confirming_is_no_shortage(room: BackRoom):
    room.count_box(c100=5)
    desk = room.open(Page.COUNT)
    for _ in range(5):
        desk.more(coin(100))
    desk.counted()
    assert desk.state.comparison.difference_tenge == 0
    room.office.leave()
    room.write(FloatIn({"c100": 1}, "till"))  # money that came meanwhile
    desk = come_in_again(room, Page.COUNT)
    room.settle()
    desk.confirm()
    room.settle()
    assert len(room.bodies(CashCount)) == 1, "counted before, not confirmed on stale figures"


def test_nobody_is_his_own_second_person(room: BackRoom):
    room.count_box(n1000=3)
    desk = room.open(Page.TAKE_OUT)
    desk.more(note(1000))
    desk.take_to("cause")
    desk.taken()
    room.settle()
    assert desk.state.stage is TakeOutStage.RECEIVING
    pins = room.office.service("pins")
    made = pins.add("Nobody", "718293")
    room.write(VolunteerChanged(made.volunteer_id, "added", room.office.by))
    desk.receive("718293")
    room.settle()
    assert room.bodies(CashReceived) == []
    desk.receive(HERS)
    room.settle()
    assert [body.by for body in room.bodies(CashReceived)] == ["v2"]


def test_who_lets_somebody_in_leaves_a_trace(room: BackRoom):
    desk = room.open(Page.VOLUNTEERS)
    desk.ask_name()
    desk.type_name("Дана")
    desk.name_done()
    for _round in range(2):
        for digit in "718293":
            desk.press(digit)
        desk.enter()
        room.settle()
    assert room.bodies(VolunteerChanged) == [VolunteerChanged("v3", "added", "v1")]


def test_a_full_disk_costs_a_draft_and_not_the_kiosk(room: BackRoom, monkeypatch):
    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    room.count_box(c100=2)
    with monkeypatch.context() as patched:
        patched.setattr("kiosk.admin.visit_book._write", full)
        patched.setattr("kiosk.admin.visit_book.write_whole", full, raising=False)
        desk = room.open(Page.COUNT)
        desk.more(coin(100))
        desk.more(coin(100))
        desk.counted()
        desk.confirm()
        room.settle()
    assert len(room.bodies(CashCount)) == 2
    assert room.visit.form_id(Step.COUNT)


def test_two_products_on_their_way_cannot_take_one_barcode(room: BackRoom):
    code = "04870066004085"
    room.shelf.set_price("tea", 500, "v1").result(PATIENCE_S)
    disk = SlowDisk(room)
    first = room.shelf.save([msgspec.structs.replace(WATER, codes=(WATER_CODE, code))], "v1")
    with pytest.raises(ProductError):
        room.shelf.save([Product("samsa", {"kk": "Самса"}, 250, "bakery", (code,))], "v1")
    disk.go_on()
    first.result(PATIENCE_S)
    room.settle()
    assert room.product("tea").price_tenge == 500


def test_a_case_has_one_product():
    case = "14870001157934"
    water = msgspec.structs.replace(WATER, cases={case: 12})
    other = Product("other", {"kk": "Басқа"}, 100, cases={case: 6})
    from kiosk.domain.products import Catalogue

    with pytest.raises(ProductError, match=case):
        Catalogue(1, [water, other])
    assert Catalogue(1, [water]).by_code(case) is None


def test_a_backup_of_the_very_journal_brings_no_prices_in(tmp_path: Path):
    home, stick = tmp_path / "kiosk", tmp_path / "stick"
    home.mkdir()
    stick.mkdir()
    room = BackRoom(home)
    room.count_box(c100=1)
    made = make_backup(home, stick, now_ms=room.now_ms, software="adal test")
    room.close()
    before = (home / "catalogue.json").read_bytes()
    cheap = before.replace(b"350", b"1")
    (made.folder / "catalogue.json").write_bytes(cheap)
    manifest = made.folder / "manifest.json"
    told = json.loads(manifest.read_bytes())
    [record] = [one for one in told["files"] if one["path"] == "catalogue.json"]
    record |= {"size_bytes": len(cheap), "sha256": hashlib.sha256(cheap).hexdigest()}
    manifest.write_text(json.dumps(told))
    restore.stage(home, made.folder, now_ms=room.now_ms)
    restore.carry_out_request(home)
    assert (home / "catalogue.json").read_bytes() == before
