"""The page about tables, on a real journal and shelf, with files in a stick's folder."""

import os
import threading
from pathlib import Path

import pytest

from kiosk.admin import office
from kiosk.admin.pages import Page
from kiosk.admin.places import find_places
from kiosk.admin.sheet_files import sheet_files
from kiosk.admin.sheets import FILES_PER_PAGE, Note, Stage, Tab, What
from kiosk.domain.entries import ProductChange
from kiosk.domain.errors import ProductError
from kiosk.domain.products import Product
from kiosk.sheets.faults import SheetError, Wrong
from kiosk.sheets.preview import preview
from kiosk.sheets.read import read_table
from tests.admin.back_room import VOLUNTEER, BackRoom
from tests.sheets.sheets import csv_file, new_id, xlsx_file
from tests.till.shop import CATALOGUE, TEA_CODE

HEADING = "product_id;name_ru;price_tenge;codes"
NEW_ROW = "wafers;Вафли;120;4870066004085"


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mounted stick; no other one is seen."""
    folder = tmp_path / "media" / "STICK"
    folder.mkdir(parents=True)
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sdb1 {folder} vfat rw 0 0\n")
    monkeypatch.setattr(
        office, "find_places", lambda own: find_places(own, mounts, (str(tmp_path / "media"),))
    )
    return folder


@pytest.fixture
def desk(back_room: BackRoom, stick: Path):
    return come_in(back_room)


def come_in(back_room: BackRoom):
    """A volunteer is on the page; how he got in is the door's matter."""
    back_room.office.let_in(VOLUNTEER, "Asel")
    return back_room.open(Page.SHEETS)


def read(back_room: BackRoom, desk, path: Path):
    desk.read(path)
    back_room.settle()
    return desk.state


# --- choosing ---


def test_tables_on_the_stick_are_listed_the_latest_first(back_room, stick):
    for age, name in enumerate(["new.xlsx", "old.CSV", ".hidden.csv", "~$new.xlsx", "photo.jpg"]):
        (stick / name).write_bytes(b"x" * 2000)
        os.utime(stick / name, (1000 - age, 1000 - age))
    (stick / "deeper").mkdir()
    (stick / "deeper" / "older.csv").write_bytes(b"")
    os.utime(stick / "deeper" / "older.csv", (1, 1))
    desk = come_in(back_room)
    shown = [(file.path.name, file.place.name, file.size_bytes) for file in desk.state.files]
    assert shown == [
        ("new.xlsx", "STICK", 2000),
        ("old.CSV", "STICK", 2000),
        ("older.csv", "STICK", 0),
    ]


def test_a_stick_that_was_put_in_later_is_found_by_looking_again(back_room, desk, stick):
    assert desk.state.files == ()
    csv_file(stick, HEADING, NEW_ROW)
    desk.look_again()
    assert desk.state.looking
    back_room.settle()
    assert [file.path.name for file in desk.state.files] == ["goods.csv"]
    assert not desk.state.looking


def test_many_files_are_paged(back_room, stick):
    for number in range(FILES_PER_PAGE + 2):
        (stick / f"{number}.csv").write_bytes(b"")
    desk = come_in(back_room)
    assert (len(desk.state.files), desk.state.pages) == (FILES_PER_PAGE, 2)
    desk.turn(1)
    desk.turn(1)
    assert (len(desk.state.files), desk.state.page) == (2, 1)


def test_a_folder_that_cannot_be_read_hides_no_other(desk, stick, monkeypatch):
    (stick / "locked").mkdir()
    csv_file(stick, HEADING)
    listing = Path.iterdir

    def refusing(path):
        if path.name == "locked":
            raise PermissionError
        return listing(path)

    monkeypatch.setattr(Path, "iterdir", refusing)
    assert [file.path.name for file in sheet_files(desk.state.places)] == ["goods.csv"]


# --- reading ---


def test_a_file_is_read_compared_and_nothing_is_changed_yet(back_room, desk, stick):
    path = csv_file(
        stick, HEADING, NEW_ROW, "water;Вода;200;4870001157937", "tea;Чай;350;" + TEA_CODE
    )
    head = back_room.journal.head()
    desk.read(path)
    assert (desk.state.stage, desk.state.file_name) == (Stage.WORKING, "goods.csv")
    back_room.settle()
    found = desk.state.preview
    assert desk.state.stage is Stage.PREVIEW
    assert (len(found.new), len(found.changed), found.unchanged) == (1, 1, 1)
    assert desk.state.tab is Tab.CHANGED
    assert [line.field.after for line in desk.state.lines] == ["200"]
    desk.open_tab(Tab.NEW)
    assert [line.product.product_id for line in desk.state.lines] == ["wafers"]
    assert back_room.journal.head() == head
    assert back_room.product("water").price_tenge == 180


def test_the_bar_moves_while_a_file_is_read(back_room, desk, stick):
    rows = [f"p{n};Товар {n};{n};" for n in range(2000)]
    shares: list[float] = []
    desk.watch(lambda state: shares.append(state.share), None)
    read(back_room, desk, csv_file(stick, HEADING, *rows))
    moving = sorted({share for share in shares if 0 < share < 1})
    assert len(moving) > 20
    assert shares[-1] == 1.0


def test_reading_can_be_stopped(back_room, desk, stick):
    rows = [(f"p{n}", f"Товар {n}", n, "") for n in range(3000)]
    desk.read(xlsx_file(stick, ("product_id", "name_ru", "price_tenge", "codes"), *rows))
    desk.stop_reading()
    back_room.settle()
    assert desk.state.stage is Stage.CHOOSE
    assert desk.state.preview is None
    assert back_room.notes == [Note.STOPPED]


def test_stopping_ends_the_work_and_not_only_the_waiting(back_room, desk, stick, monkeypatch):
    begun, go_on, ended = threading.Event(), threading.Event(), []

    def paced(path, progress):
        def step(share):
            begun.set()
            go_on.wait(20)
            progress(share)

        try:
            return read_table(path, step)
        except SheetError as error:
            ended.append(error.wrong)
            raise

    monkeypatch.setattr("kiosk.admin.sheets.read_table", paced)
    desk.read(csv_file(stick, HEADING, *[f"p{n};Товар;{n};" for n in range(500)]))
    assert begun.wait(20)
    desk.stop_reading()
    go_on.set()
    back_room.settle()
    assert ended == [Wrong.STOPPED]


def test_a_preview_that_comes_after_stopping_is_not_shown(back_room, desk, stick):
    desk.read(csv_file(stick, HEADING, NEW_ROW))
    back_room.office.wait_for_work(20)
    desk.stop_reading()
    back_room.settle()
    assert (desk.state.stage, desk.state.preview) == (Stage.CHOOSE, None)


def test_a_page_that_was_left_hears_no_more_of_its_file(back_room, desk, stick):
    desk.read(csv_file(stick, HEADING, NEW_ROW))
    back_room.office.go(Page.HOME)
    back_room.settle()
    assert desk.state.preview is None


def test_a_second_file_while_the_first_is_read_wins(back_room, desk, stick):
    rows = [(f"p{n}", f"Товар {n}", n, "") for n in range(2000)]
    desk.read(xlsx_file(stick, ("product_id", "name_ru", "price_tenge", "codes"), *rows))
    state = read(back_room, desk, csv_file(stick, HEADING, NEW_ROW))
    assert (state.file_name, len(state.preview.new)) == ("goods.csv", 1)


# --- applying ---


def test_applying_is_one_entry_and_in_effect_at_once(back_room, desk, stick):
    read(back_room, desk, csv_file(stick, HEADING, NEW_ROW, "water;Вода;200;4870001157937"))
    desk.apply()
    assert desk.state.stage is Stage.SAVING
    desk.apply()
    back_room.settle()
    assert (desk.state.stage, desk.state.applied) == (Stage.APPLIED, 2)
    (change,) = back_room.bodies(ProductChange)
    assert (change.by, change.how) == (VOLUNTEER, "imported")
    assert {p.product_id: p.price_tenge for p in change.products} == {"wafers": 120, "water": 200}
    assert back_room.product("water").price_tenge == 200
    assert back_room.product("water").names == {"kk": "Су", "ru": "Вода"}
    assert back_room.shelf.catalogue.by_code("04870066004085").product_id == "wafers"


def test_the_same_file_once_more_changes_nothing(back_room, desk, stick):
    path = csv_file(stick, "Название;Цена;Штрихкод", "Вафли;120;4870066004085", "Булка;150;")
    read(back_room, desk, path)
    desk.apply()
    back_room.settle()
    state = read(back_room, desk, path)
    assert (len(state.preview.new), state.preview.changed, state.preview.unchanged) == (0, (), 2)
    desk.apply()
    back_room.settle()
    assert len(back_room.bodies(ProductChange)) == 1


def test_when_the_catalogue_changed_meanwhile_the_file_is_compared_anew(back_room, desk, stick):
    read(back_room, desk, csv_file(stick, HEADING, "water;Вода;200;4870001157937"))
    back_room.shelf.set_price("water", 190, VOLUNTEER).result(10)
    desk.apply()
    back_room.settle()
    assert back_room.notes == [Note.CHANGED_MEANWHILE]
    assert back_room.bodies(ProductChange) == []
    assert [line.field.before for line in desk.state.lines] == ["190"]
    desk.apply()
    back_room.settle()
    assert back_room.product("water").price_tenge == 200


def test_when_the_shelf_refuses_nothing_is_changed_and_it_is_said(
    back_room, desk, stick, monkeypatch
):
    def refuse(*_args: object, **_more: object) -> None:
        raise ProductError("no")

    read(back_room, desk, csv_file(stick, HEADING, NEW_ROW))
    monkeypatch.setattr(back_room.shelf, "save", refuse)
    desk.apply()
    back_room.settle()
    assert (desk.state.stage, back_room.notes) == (Stage.PREVIEW, [Note.SAVE_FAILED])
    assert desk.state.preview.can_apply


def test_when_the_disk_refuses_nothing_is_changed_and_it_is_said(
    back_room, desk, stick, monkeypatch
):
    from concurrent.futures import Future

    def fail(_body: object) -> Future[object]:
        future: Future[object] = Future()
        future.set_exception(ProductError("the disk is full"))
        return future

    read(back_room, desk, csv_file(stick, HEADING, NEW_ROW))
    head = back_room.journal.head()
    monkeypatch.setattr(back_room.shelf._journal, "append", fail)
    desk.apply()
    back_room.settle()
    monkeypatch.undo()
    assert (desk.state.stage, back_room.notes) == (Stage.PREVIEW, [Note.SAVE_FAILED])
    assert back_room.journal.head() == head
    assert back_room.shelf.catalogue.by_id("wafers") is None


# --- bad files ---


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ((HEADING, NEW_ROW, "w2;Чипсы;250;4870066004085"), Wrong.CODE_IN_TWO_ROWS),
        ((HEADING, NEW_ROW, "w2;Чипсы;сто;"), Wrong.PRICE_WRONG),
        ((HEADING, NEW_ROW, "w2;Чипсы;=1+1;"), Wrong.FORMULA),
        ((HEADING, NEW_ROW, f"w2;Чипсы;1;{TEA_CODE}"), Wrong.CODE_TAKEN),
    ],
)
def test_a_file_with_one_bad_row_changes_nothing(back_room, desk, stick, lines, wrong):
    head = back_room.journal.head()
    state = read(back_room, desk, csv_file(stick, *lines))
    assert (state.stage, state.tab) == (Stage.PREVIEW, Tab.FAULTS)
    assert [(fault.row, fault.wrong) for fault in state.lines] == [(3, wrong)]
    desk.apply()
    back_room.settle()
    assert back_room.journal.head() == head
    assert back_room.shelf.catalogue.products == CATALOGUE.products


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", Wrong.EMPTY),
        (b"foo;bar\n1;2\n", Wrong.NO_NAMING_COLUMN),
        (b"PK\x03\x04broken", Wrong.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Wrong.OLD_EXCEL),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(back_room, desk, stick, content, wrong):
    head = back_room.journal.head()
    path = stick / "goods.xlsx"
    path.write_bytes(content)
    state = read(back_room, desk, path)
    assert (state.stage, state.refusal.wrong) == (Stage.REFUSED, wrong)
    assert back_room.journal.head() == head
    desk.back()
    back_room.settle()
    assert desk.state.stage is Stage.CHOOSE


def test_a_file_of_100_mb_is_refused_at_once(back_room, desk, stick):
    path = stick / "goods.xlsx"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert read(back_room, desk, path).refusal.wrong is Wrong.TOO_LARGE


def test_a_stick_that_was_pulled_out_is_said(back_room, desk, stick):
    assert read(back_room, desk, stick / "gone.csv").refusal.wrong is Wrong.NOT_READABLE


# --- writing ---


@pytest.mark.parametrize("what", [What.XLSX, What.CSV])
def test_what_is_written_and_read_again_changes_nothing(back_room, desk, stick, what):
    desk.write(what)
    back_room.settle()
    assert back_room.notes == [Note.WRITTEN]
    (file,) = desk.state.files
    assert file.path.parent == stick
    assert file.path.name == f"adal-products-2026-11-18-1606.{what}"
    found = preview(read_table(file.path), back_room.shelf.catalogue, new_id)
    assert (found.faults, found.unchanged) == ((), len(CATALOGUE.products))


def test_a_template_goes_to_the_place_that_was_chosen(back_room, desk):
    assert desk.state.place.name == "STICK"
    desk.use_next_place()
    assert not desk.state.place.is_stick
    desk.write(What.TEMPLATE)
    desk.write(What.TEMPLATE)
    back_room.settle()
    assert (back_room.directory / "exports" / "adal-template.xlsx").is_file()
    assert back_room.notes == [Note.WRITTEN]
    assert not desk.state.place.is_stick
    desk.use_next_place()
    assert desk.state.place.is_stick


def test_writing_to_a_stick_that_is_gone_says_so(back_room, desk, stick):
    stick.rmdir()
    desk.write(What.XLSX)
    back_room.settle()
    assert [said.note for said in back_room.heard] == [Note.NOT_WRITTEN]
    assert not desk.state.writing


def test_back_goes_from_the_preview_to_the_files_and_then_off_the_page(back_room, desk, stick):
    read(back_room, desk, csv_file(stick, HEADING, NEW_ROW))
    desk.back()
    back_room.settle()
    assert (desk.state.stage, back_room.page) == (Stage.CHOOSE, Page.SHEETS)
    desk.back()
    assert back_room.page is Page.HOME


def test_new_goods_get_readable_ids_that_nothing_had(back_room, desk, stick):
    state = read(back_room, desk, csv_file(stick, "Название;Цена", "Булка;150", "Самса с мясом;1"))
    assert [change.product.product_id for change in state.preview.new] == [
        "bulka",
        "samsa-s-myasom",
    ]
    assert isinstance(state.preview.new[0].product, Product)
