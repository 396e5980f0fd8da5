"""A whole visit in a real window: from the first page over every step to the summary and out."""

import pytest

from kiosk.admin.pages import Page, Step
from kiosk.admin.visit_book import StepState
from kiosk.domain.entries import CashCount, Correction, Restock, Stocktake
from tests.admin.back_room import VOLUNTEER
from tests.admin.money_room import services_in
from tests.admin.visit_shop import count_short, open_shop, sell_water, take_stock, water_sale
from tests.till.shop import TEA_CODE, WATER_CODE

pytestmark = pytest.mark.window


@pytest.fixture
def make_office(window, tmp_path):
    """Give a maker of kiosks in one directory: the next one is the kiosk after a power cut."""
    from tests.admin.screens.driver import OfficeKiosk

    open_kiosks = []

    def make():
        while open_kiosks:
            open_kiosks.pop().close()
        open_kiosks.append(OfficeKiosk(tmp_path, **services_in(tmp_path)))
        return open_kiosks[-1]

    yield make
    while open_kiosks:
        open_kiosks.pop().close()


@pytest.fixture
def office(make_office):
    """Ten waters were sold since the last visit: 1 800 ₸, 3 800 ₸ with the float."""
    kiosk = make_office()
    open_shop(kiosk.room)
    sell_water(kiosk.room, 5, 5)
    return kiosk


def text(office):
    return office.text_on_screen().replace("\xa0", " ")


def count_notes_and_coins(office, **counts):
    from kiosk.admin.screens.money_table import MoneyCell
    from tests.screens.driver import visible

    for code, count in counts.items():
        cells = [w for w in visible(office.front()) if isinstance(w, MoneyCell)]
        office.touch(next(w for w in cells if w.code == code).ids["number"])
        office.type(str(count))
        office.tap("all_kinds")
    office.tap("counted")
    office.tap("confirm")
    office.settle()


def test_a_whole_visit_by_touch(office, tmp_path):
    office.come_in()
    office.tap("start")
    assert office.page is Page.COUNT
    count_notes_and_coins(office, n1000=2, c100=10, c20=31)  # 3 620 ₸: 180 short
    assert office.page is Page.TAKE_OUT
    office.tap("skip")
    office.settle()
    assert office.page is Page.STOCKTAKE
    for _ in range(10):
        office.scan(TEA_CODE)
    office.tap("finish")
    office.settle()
    assert office.page is Page.RESTOCK
    office.scan(WATER_CODE)
    office.tap("finish")
    office.settle()
    assert office.page is Page.CHANGE_FLOAT
    office.tap("skip")
    office.settle()
    assert office.page is Page.SUMMARY
    assert office.key("percent").text.replace("\xa0", " ") == "90,0 %"
    assert "−180 ₸" in text(office)
    office.tap("save")
    office.settle()
    office.tap("roll")
    place = office.room.office.desk(Page.SUMMARY).state.places[-1]
    office.touch(next(w for w in office.front().walk() if getattr(w, "place", None) == place))
    office.settle()
    assert [p.suffix for p in (tmp_path / "exports").iterdir()] == [".pdf"]
    office.tap("finish")
    assert not office.room.office.state.is_open
    assert not office.room.visit.is_open
    assert len(office.written(CashCount)) == 2  # with the one of the visit before
    assert [s.lines[0].gap for s in office.written(Stocktake)[1:]] == [0]
    assert [r.lines[0].quantity for r in office.written(Restock)[1:]] == [1]


def test_after_a_power_cut_the_first_page_leads_on_to_the_open_step(make_office, office):
    office.come_in()
    office.tap("start")
    count_short(office.room, 180)
    office = make_office()
    office.come_in()
    assert dict(office.room.office.desk(Page.HOME).state.steps)[Step.COUNT] is StepState.DONE
    office.tap("start")
    assert office.page is Page.TAKE_OUT
    assert len(office.written(CashCount)) == 2


def test_steps_concerns_and_tiles_are_touched_and_open(office):
    office.come_in()
    office.tap("summary")
    assert office.page is Page.SUMMARY
    office.come_in()
    keys = [w for w in office.front().walk() if type(w).__name__ == "ConcernKey"]
    office.touch(next(key for key in keys if "50 ₸" in key.text.replace("\xa0", " ")))
    assert office.page is Page.CHANGE_FLOAT
    office.come_in()
    office.tap("sales")
    assert office.page is Page.SALES
    office.tap("week")
    assert len(office.key("chart").bars) == 7
    assert "1 800 ₸" in text(office)
    office.tap("month")
    assert len(office.key("chart").bars) == 28
    office.tap("today")
    assert "1 800 ₸" not in text(office)
    office.tap("back")
    assert office.page is Page.HOME


def test_an_old_visit_is_asked_about(office):
    desk = office.come_in()
    office.room.visit.begin(VOLUNTEER)
    office.room.visit._now_ms = lambda: office.room.visit.begun_ms + 25 * 3_600_000
    before = office.room.visit.visit_id
    desk.open()
    office.tap("start")
    office.tap("think_again")
    office.tap("start")
    office.tap("begin_anew")
    assert office.page is Page.COUNT
    assert office.room.visit.visit_id != before


def test_the_report_is_turned_page_by_page(office):
    office.room.visit.begin(VOLUNTEER)
    take_stock(office.room, tea=1)
    office.come_in(Page.SUMMARY)
    assert "1 / 2" in text(office)
    office.tap("after")
    assert "−350 ₸" in text(office)
    office.tap("before")
    assert "1 / 2" in text(office)


def test_a_receipt_is_typed_found_and_taken_back(office):
    (sold,) = office.room.write(water_sale("mistake", 2))
    office.come_in(Page.RECEIPT)
    office.type(sold.receipt[:5])
    assert office.key("done").disabled
    office.type(sold.receipt[5])
    office.tap("done")
    office.settle()
    assert sold.receipt in text(office)
    assert "360 ₸" in text(office)
    office.tap("done")
    office.tap("wrong_price")
    assert "1 000 ₸" in text(office)
    office.tap("done")
    office.settle()
    assert [c.reason for c in office.written(Correction)] == ["wrong price"]
    assert office.key("pad").text == ""


def test_a_reason_can_be_typed_in_own_words(office):
    (sold,) = office.room.write(water_sale("mistake", 2))
    office.come_in(Page.RECEIPT).find(sold.receipt)
    office.settle()
    office.tap("done")
    office.tap("own_words")
    office.tap("back")
    office.tap("own_words")
    office.type("Ақ")
    office.tap("action")
    office.tap("done")
    office.settle()
    assert [c.reason for c in office.written(Correction)] == ["Ақ"]
