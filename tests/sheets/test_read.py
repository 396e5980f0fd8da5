import io
import re
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from kiosk.sheets.faults import SheetError, Wrong
from kiosk.sheets.read import FILE_SIZE_BYTES_MAX, ROWS_MAX, read_table
from tests.sheets.sheets import HEADINGS, csv_file, faults, previewed, refused, xlsx_file

SHEET = "xl/worksheets/sheet1.xml"
WATER_ROW = ("water", "Вода", 180, "4870001157937")


def texts(path):
    return [row.cells for row in read_table(path).rows]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_csv_is_read_however_a_spreadsheet_wrote_it(tmp_path, delimiter, encoding):
    heading = delimiter.join(("Идентификатор", "Название", "Цена"))
    row = delimiter.join(("water", '"Вода, 0,5; л"', "180"))
    assert texts(csv_file(tmp_path, heading, row, encoding=encoding)) == [
        ("water", "Вода, 0,5; л", "180")
    ]


def test_utf16_without_a_mark_is_read(tmp_path):
    assert texts(csv_file(tmp_path, "id;Цена", "water;180", encoding="utf-16-le"))
    assert texts(csv_file(tmp_path, "id;Цена", "water;180", encoding="utf-16-be"))


def test_the_line_with_which_excel_names_its_separator_is_no_heading(tmp_path):
    table = read_table(csv_file(tmp_path, "sep=|", "id|price", "water|180"))
    assert table.header.cells == ("id", "price")


def test_empty_rows_are_left_out_but_counted(tmp_path):
    table = read_table(csv_file(tmp_path, "", "id;price", ";", "", "water;180"))
    assert [row.number for row in table.rows] == [5]


def test_xlsx_gives_the_digits_that_were_typed(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, ("water", "Вода", 180.0, 4870001157937), ("x", None, 1.5))
    assert texts(path)[0][:4] == ("water", "Вода", "180", "4870001157937")
    assert texts(path)[1][:3] == ("x", "", "1.5")


def test_a_renamed_file_is_read_by_what_it_is(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, WATER_ROW).rename(tmp_path / "goods.csv")
    assert previewed(path).unchanged == 1


def test_a_hidden_sheet_is_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(("secret",))
    book.active.sheet_state = "hidden"
    shown = book.create_sheet()
    shown.append(HEADINGS)
    shown.append(WATER_ROW)
    book.save(tmp_path / "goods.xlsx")
    assert previewed(tmp_path / "goods.xlsx").unchanged == 1


# --- files that are refused as a whole ---


def test_a_file_of_100_mb_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "goods.xlsx"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr("pathlib.Path.open", lambda *_: pytest.fail("it was opened"))
    assert refused(path) is Wrong.TOO_LARGE


def test_a_file_just_too_large_is_refused(tmp_path):
    path = csv_file(tmp_path, "id;price", "x" * FILE_SIZE_BYTES_MAX)
    assert refused(path) is Wrong.TOO_LARGE


@pytest.mark.parametrize("lines", [(), ("",), ("id;price",), (";;", "\t")])
def test_an_empty_file_is_refused(tmp_path, lines):
    assert refused(csv_file(tmp_path, *lines)) is Wrong.EMPTY


def test_an_empty_workbook_is_refused(tmp_path):
    assert refused(xlsx_file(tmp_path)) is Wrong.EMPTY


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refused(tmp_path / "gone.csv") is Wrong.NOT_READABLE
    assert refused(tmp_path) is Wrong.NOT_READABLE


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0", bytes(range(256)) * 4, b"\0\0"])
def test_a_picture_or_noise_is_refused(tmp_path, content):
    path = tmp_path / "goods.csv"
    path.write_bytes(content)
    assert refused(path) is Wrong.NOT_A_SHEET


def test_a_truncated_archive_is_refused(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, *[WATER_ROW] * 50)
    whole = path.read_bytes()
    for size in (5, 100, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:size])
        assert refused(path) is Wrong.DAMAGED


def test_a_damaged_part_is_refused(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, *[(n, *WATER_ROW[1:]) for n in range(500)])
    repacked(path, SHEET, lambda xml: xml[: len(xml) // 2])
    assert refused(path) is Wrong.DAMAGED


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, WATER_ROW)
    repacked(path, SHEET, lambda xml: xml + b" " * 30_000_000)
    assert path.stat().st_size < 100_000
    assert refused(path) is Wrong.UNPACKS_TOO_LARGE


def test_an_archive_that_lies_about_its_size_unpacks_no_more_than_it_says(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, WATER_ROW)
    repacked(path, SHEET, lambda xml: xml + b" " * 30_000_000)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size
    small = (2_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), small))
    assert refused(path) is Wrong.DAMAGED


def test_entities_that_multiply_are_refused(tmp_path):
    laughs = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(9)
    )
    path = xlsx_file(tmp_path, HEADINGS, WATER_ROW)
    repacked(
        path,
        SHEET,
        lambda xml: b"<!DOCTYPE x [" + laughs + b"]>" + xml.replace(b"water", b"&l8;"),
    )
    assert b"&l8;" in zipfile.ZipFile(path).read(SHEET)
    assert refused(path) is Wrong.DAMAGED


def test_an_old_excel_file_is_refused_whatever_its_name(tmp_path):
    path = tmp_path / "goods.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000)
    assert refused(path) is Wrong.OLD_EXCEL


def test_a_file_with_a_password_is_refused(tmp_path):
    path = tmp_path / "goods.xlsx"
    stream = "EncryptedPackage".encode("utf-16-le")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + stream + b"\0" * 50)
    assert refused(path) is Wrong.PROTECTED


def test_other_archives_are_refused(tmp_path):
    path = tmp_path / "goods.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo.jpg", b"...")
    assert refused(path) is Wrong.NOT_A_SHEET
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", b"<x/>")
    assert refused(path) is Wrong.OPEN_DOCUMENT


@pytest.mark.parametrize("make", [csv_file, xlsx_file])
def test_too_many_rows_are_refused(tmp_path, make):
    row = "x;1" if make is csv_file else ("x", 1)
    heading = "id;price" if make is csv_file else ("id", "price")
    assert refused(make(tmp_path, heading, *[row] * (ROWS_MAX + 1))) is Wrong.TOO_MANY_ROWS


def test_a_quote_that_never_closes_is_refused(tmp_path):
    path = csv_file(tmp_path, "id;price", '"water;180', *["x" * 60] * 5000)
    assert refused(path) is Wrong.DAMAGED


# --- cells that are refused ---


def test_formulas_are_refused_by_row_and_heading(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, WATER_ROW, ("tea", "Чай", "=175*2", "4870202520103"))
    assert faults(path) == [(3, "price_tenge", Wrong.FORMULA)]


def test_a_value_that_a_formula_left_behind_is_not_trusted(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, ("tea", "Чай", "=1", "4870202520103"))
    repacked(path, SHEET, lambda xml: re.sub(rb"<v ?/>", b"<v>350</v>", xml))
    assert b"<v>350</v>" in zipfile.ZipFile(path).read(SHEET)
    assert faults(path) == [(2, "price_tenge", Wrong.FORMULA)]


def test_a_formula_over_several_cells_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    book.active.append(WATER_ROW)
    book.active["C2"] = ArrayFormula("C2:C3", "=A1:A2*2")
    book.save(tmp_path / "goods.xlsx")
    assert faults(tmp_path / "goods.xlsx") == [(2, "price_tenge", Wrong.FORMULA)]


def test_formulas_in_csv_are_refused(tmp_path):
    path = csv_file(tmp_path, "id;Цена;Название", "tea;=350;Чай", 'water;180;"=cmd|x"')
    assert faults(path) == [(2, "Цена", Wrong.FORMULA), (3, "Название", Wrong.FORMULA)]


def test_formulas_in_columns_that_are_not_read_do_no_harm(tmp_path):
    found = previewed(xlsx_file(tmp_path, (*HEADINGS, "margin"), (*WATER_ROW, "=1+1")))
    assert found.faults == ()
    assert found.not_read == ("margin",)


def test_errors_and_dates_are_refused(tmp_path):
    path = xlsx_file(
        tmp_path, HEADINGS, ("water", "Вода", "#N/A", ""), ("tea", date(2026, 5, 1), 350, "")
    )
    assert faults(path) == [
        (2, "price_tenge", Wrong.CELL_ERROR),
        (3, "name_ru", Wrong.A_DATE),
    ]


def test_endless_cells_are_refused(tmp_path):
    path = csv_file(tmp_path, "id;price;name", "water;180;" + "x" * 5000)
    assert faults(path) == [(2, "name", Wrong.TOO_LONG)]


def test_kazakh_letters_that_were_lost_on_the_way_are_seen(tmp_path):
    lost = "Қант пен шай".encode("cp1251", "replace").decode("cp1251")
    path = csv_file(tmp_path, "id;price;Атауы", f"water;180;{lost}", encoding="cp1251")
    assert faults(path) == [(2, "Атауы", Wrong.LETTERS_LOST)]


def test_a_question_mark_of_its_own_may_stand(tmp_path):
    path = csv_file(tmp_path, "id;price;Название", "water;180;Вода? Да!", encoding="utf-8")
    assert previewed(path).faults == ()


def test_reading_says_how_far_it_is_and_can_be_stopped(tmp_path):
    path = csv_file(tmp_path, "id;price", *["water;180"] * 1000)
    shares: list[float] = []
    read_table(path, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 5

    def stop(_share: float) -> None:
        raise SheetError(Wrong.STOPPED)

    for made in (path, xlsx_file(tmp_path, ("id", "price"), *[("water", 1)] * 300)):
        with pytest.raises(SheetError, match="Stopped"):
            read_table(made, stop)


def repacked(path, name, change):
    """The archive with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts[name] = change(parts[name])
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    path.write_bytes(made.getvalue())
