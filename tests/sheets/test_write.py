import csv
import errno
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.barcode import check_digit
from kiosk.domain.products import CATEGORIES, Catalogue, Product, Status
from kiosk.sheets.cells import defused, meant
from kiosk.sheets.faults import SheetError, Wrong
from kiosk.sheets.write import EXAMPLE, write_products, write_template
from tests.sheets.sheets import previewed
from tests.till.shop import CASE_OF_WATER, CATALOGUE

EVIL = (
    "=1+1",
    "+7 777",
    "-50 %",
    "@cmd",
    "'=1",
    "''-x",
    "\t=1",
    "\r\n",
    "_x0041_",
    "a\x01b",
    " x ",
)
LETTERS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
NAMES = LETTERS | st.sampled_from(EVIL)


@st.composite
def catalogues(draw):
    """Catalogues as the centre could publish them: any text, right codes that nobody shares."""
    numbers = iter(
        draw(st.lists(st.integers(1, 10**12 - 1), unique=True, min_size=40, max_size=40))
    )

    def code(indicator):
        payload = f"{indicator}{next(numbers):012}"
        return payload + check_digit(payload)

    products = []
    for number in range(draw(st.integers(1, 6))):
        names = draw(st.dictionaries(st.sampled_from(["kk", "ru", "en", "de"]), NAMES))
        products.append(
            Product(
                f"{draw(st.sampled_from(['p', '=p', 'a b', 'Ә']))}{number}",
                {**names, "ru": names.get("ru", "").strip() or f"Товар {number}"},
                draw(st.integers(0, 10_000_000)),
                draw(st.sampled_from(CATEGORIES) | LETTERS),
                tuple(code(0) for _ in range(draw(st.integers(0, 3)))),
                draw(st.none() | st.sampled_from(["bun", "water-blue"]) | LETTERS),
                draw(st.sampled_from(Status)),
                {code(1): draw(st.integers(1, 99)) for _ in range(draw(st.integers(0, 2)))},
            )
        )
    return Catalogue(1, products)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@settings(max_examples=60)
@given(catalogue=catalogues(), language=st.sampled_from(["kk", "ru", "en"]))
def test_what_was_written_and_is_read_again_changes_nothing(ending, catalogue, language):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"goods.{ending}")
        write_products(path, catalogue.products, {}, language=language)
        found = previewed(path, catalogue)
    assert found.faults == ()
    assert [change.fields for change in found.changed] == []
    assert found.new == ()
    assert found.unchanged == len(catalogue.products)


@given(LETTERS | st.text("'=+-@\t\rx"))
def test_a_defused_text_is_no_formula_and_means_the_same(text):
    assert not defused(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert meant(defused(text)) == text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_that_is_written_is_a_formula(tmp_path, ending):
    products = [Product(f"{n}", {"ru": name}, 5) for n, name in enumerate(EVIL) if name.strip()]
    path = tmp_path / f"goods.{ending}"
    write_products(path, products, {})
    if ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file, delimiter=";") for cell in row]
    else:
        sheet = openpyxl.load_workbook(path).active
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {
            "s",
            "n",
            "inlineStr",
        }
        cells = [str(cell.value or "") for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_csv_opens_in_columns_and_letters_in_a_russian_or_kazakh_excel(tmp_path):
    path = tmp_path / "goods.csv"
    write_products(path, CATALOGUE.products, {"water": 7}, language="ru")
    raw = path.read_bytes()
    assert raw.startswith("\ufeffИдентификатор;Название (казахский);".encode())
    assert b"water;" in raw
    assert raw.splitlines()[1].endswith("в продаже;7".encode())


def test_xlsx_keeps_codes_as_text_and_prices_as_numbers(tmp_path):
    path = tmp_path / "goods.xlsx"
    product = Product("a", {"ru": "А"}, 350, "other", ("04870001157937",), cases={CASE_OF_WATER: 6})
    write_products(path, [product], {"a": -2})
    values = [cell.value for cell in openpyxl.load_workbook(path).active[2]]
    assert values[4:8] == [350, "other", "4870001157937", "14870001157934=6"]
    assert values[-1] == -2


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_example_of_an_empty_template_would_be_one_new_product(tmp_path, ending, language):
    path = tmp_path / f"template.{ending}"
    write_template(path, language=language)
    found = previewed(path)
    assert (found.faults, found.not_read, found.unchanged) == ((), (), 0)
    (made,) = found.products
    assert (made.names, made.price_tenge, made.codes, made.cases, made.category) == (
        EXAMPLE.names,
        EXAMPLE.price_tenge,
        EXAMPLE.codes,
        EXAMPLE.cases,
        EXAMPLE.category,
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_full_stick_leaves_no_half_file_and_the_old_one(tmp_path, ending, monkeypatch):
    path = tmp_path / f"goods.{ending}"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SheetError, match="No space left"):
        write_products(path, CATALOGUE.products, {})
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_stick_that_is_gone_is_said(tmp_path):
    with pytest.raises(SheetError) as refused:
        write_template(tmp_path / "gone" / "template.xlsx")
    assert refused.value.wrong is Wrong.NOT_WRITABLE
