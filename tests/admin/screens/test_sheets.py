"""A volunteer reads a table from a stick, looks at the changes and applies them: real touches."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kiosk.admin import office as office_module
from kiosk.admin.pages import Page
from kiosk.admin.places import find_places
from kiosk.admin.sheets import Stage
from kiosk.domain.entries import ProductChange
from kiosk.sheets.read import read_table
from tests.admin.back_room import VOLUNTEER
from tests.admin.money_room import services_in
from tests.sheets.sheets import csv_file, xlsx_file

pytestmark = pytest.mark.window

PATIENCE_S = 60.0
HEADING = ("product_id", "Название", "Цена", "Штрихкод")
ROWS = (
    ("water", "Вода", 200, "4870001157937"),
    ("wafers", "Вафли", 120, "4870066004085"),
    ("tea", "Чай чёрный", 350, "4870202520103"),
)


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mounted stick; no other one is seen."""
    folder = tmp_path / "media" / "STICK"
    folder.mkdir(parents=True)
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sdb1 {folder} vfat rw 0 0\n")
    monkeypatch.setattr(
        office_module,
        "find_places",
        lambda own: find_places(own, mounts, (str(tmp_path / "media"),)),
    )
    return folder


@pytest.fixture
def office(window: None, tmp_path: Path):
    from tests.admin.screens.driver import OfficeKiosk

    kiosk = OfficeKiosk(tmp_path, **services_in(tmp_path))
    yield kiosk
    kiosk.close()


def come_in(office):
    """A volunteer is on the page, and reads English."""
    desk = office.come_in(Page.SHEETS)
    office.tap("en")
    return desk


def touch_file(office, name: str) -> None:
    from kiosk.admin.screens.sheets_choose import SheetFileKey
    from tests.screens.driver import visible

    keys = [w for w in visible(office.front()) if isinstance(w, SheetFileKey)]
    office.touch(next(key for key in keys if key.name == name))


def test_a_table_is_touched_looked_at_and_applied(office, stick):
    xlsx_file(stick, HEADING, *ROWS)
    come_in(office)
    touch_file(office, "goods.xlsx")
    office.settle()
    shown = office.text_on_screen()
    assert "Changed: 2" in shown
    assert "180\u00a0₸" in shown
    assert "200\u00a0₸" in shown
    assert "Чай чёрный" in shown
    office.tap("new")
    assert "Вафли" in office.text_on_screen()
    office.tap("apply")
    office.settle()
    assert "Goods saved: 3" in office.text_on_screen()
    (change,) = office.written(ProductChange)
    assert (change.by, change.how, len(change.products)) == (VOLUNTEER, "imported", 3)
    office.tap("go")
    assert office.page is Page.HOME


def test_faults_name_row_and_column_page_by_page_and_nothing_can_be_applied(office, stick):
    more = [f"n{n};Новое {n};{n},5;" for n in range(14)]
    rows = ("water;Вода;сто;4870001157937", "x;Икс;5;4870001157937", *more)
    csv_file(stick, ";".join(HEADING), *rows)
    desk = come_in(office)
    touch_file(office, "goods.csv")
    office.settle()
    shown = office.text_on_screen()
    assert "Row 2\nЦена\n" in shown
    assert "“сто” is no whole price in tenge. Write it like 350." in shown
    assert "Barcode 4870001157937 belongs to other goods: Су." in shown
    assert "1 / 3" in shown
    office.tap("after")
    office.tap("after")
    assert "Row 17" in office.text_on_screen()
    assert office.named("apply")[0].disabled
    office.touch(office.named("apply")[0])
    assert desk.state.stage is Stage.PREVIEW
    assert office.written(ProductChange) == []
    office.tap("back")
    assert desk.state.stage is Stage.CHOOSE


def test_a_file_that_is_no_table_is_refused_in_words_and_goods_are_written(office, stick):
    (stick / "photo.csv").write_bytes(b"\x89PNG\r\n\0\0")
    come_in(office)
    touch_file(office, "photo.csv")
    office.settle()
    assert "This is no table. Save it as XLSX or CSV." in office.text_on_screen()
    office.tap("go")
    office.settle()
    office.tap("csv")
    office.settle()
    (written,) = stick.glob("adal-*.csv")
    assert written.name in office.text_on_screen()
    office.tap("place")
    office.tap("template")
    office.settle()
    assert (office.room.directory / "exports" / "adal-template.xlsx").is_file()
    assert "This kiosk" in office.text_on_screen()


def test_the_bar_moves_while_a_file_is_read_and_a_touch_stops_it(office, stick, monkeypatch):
    """The reading is real; each step waits until the window has drawn the one before."""
    drawn = threading.Semaphore(0)

    def paced(path, progress):
        def step(share):
            progress(share)
            assert drawn.acquire(timeout=PATIENCE_S)

        return read_table(path, step)

    monkeypatch.setattr("kiosk.admin.sheets.read_table", paced)
    csv_file(stick, ";".join(HEADING), *[f"p{n};Товар {n};{n};" for n in range(2000)])
    desk = come_in(office)
    touch_file(office, "goods.csv")
    shares = []
    deadline_s = time.monotonic() + PATIENCE_S
    while len(shares) < 6:
        assert time.monotonic() < deadline_s, shares
        office.frames(1)
        share = office.key("bar").share
        if share not in shares:
            # One leave for each step seen: more would let the reader run ahead of the window.
            shares.append(share)
            drawn.release()
    assert shares == sorted(shares)
    assert desk.state.stage is Stage.WORKING
    office.tap("go")
    drawn.release(1000)
    office.settle()
    assert desk.state.stage is Stage.CHOOSE
    assert "Stopped. Nothing was changed." in office.text_on_screen()
