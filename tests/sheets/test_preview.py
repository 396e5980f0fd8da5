import pytest

from kiosk.domain.products import Catalogue, Product, Status
from kiosk.sheets.columns import Column
from kiosk.sheets.faults import Wrong
from kiosk.sheets.preview import FieldChange, preview
from kiosk.sheets.read import read_table
from tests.sheets.sheets import (
    HEADINGS,
    csv_file,
    faults,
    new_id,
    previewed,
    refused,
    xlsx_file,
)
from tests.till.shop import CASE_OF_WATER, CATALOGUE, TEA_CODE, WATER_CODE

WAFERS = "4870066004085"
CHIPS = "4870069001043"


def changes(path, catalogue=CATALOGUE):
    """What changes, by product id: the fields with old and new value."""
    found = previewed(path, catalogue)
    assert found.faults == ()
    return {
        change.product.product_id: [(f.column.value, f.before, f.after) for f in change.fields]
        for change in found.changed
    }


# --- which product a row is about ---


def test_a_changed_price_is_one_change_and_the_rest_is_unchanged(tmp_path):
    path = csv_file(tmp_path, "product_id;price_tenge", "water;200", "tea;350")
    found = previewed(path)
    assert [change.fields for change in found.changed] == [
        (FieldChange(Column.PRICE, "180", "200"),)
    ]
    assert (found.new, found.unchanged, found.can_apply) == ((), 1, True)
    assert found.products[0].names == {"kk": "Су", "ru": "Вода"}


def test_without_an_id_the_barcode_says_which_goods_these_are(tmp_path):
    path = csv_file(tmp_path, "Штрихкод;Цена", "4870001157937;190")
    assert changes(path) == {"water": [("price_tenge", "180", "190")]}


def test_a_suppliers_barcode_is_added_and_takes_none_away(tmp_path):
    path = csv_file(tmp_path, "Штрихкод;Цена", f"4870001157937|{WAFERS};180")
    after = previewed(path).products[0]
    assert after.codes == (WATER_CODE, f"0{WAFERS}")


def test_one_of_several_barcodes_is_enough_and_the_others_stay(tmp_path):
    catalogue = Catalogue(1, [Product("a", {"ru": "А"}, 5, codes=(WATER_CODE, TEA_CODE))])
    path = csv_file(tmp_path, "Штрихкод;Цена", f"{TEA_CODE};6")
    assert changes(path, catalogue) == {"a": [("price_tenge", "5", "6")]}


def test_with_the_id_the_row_says_all_the_codes(tmp_path):
    path = csv_file(tmp_path, "id;Штрихкод;Цена", f"water;{WAFERS};180")
    assert changes(path) == {"water": [("codes", "4870001157937", WAFERS)]}


def test_goods_without_a_barcode_are_known_by_their_name(tmp_path):
    path = csv_file(tmp_path, "Название;Цена", "САМСА;260")
    found = changes(path)
    assert list(found) == ["samsa"]
    assert ("price_tenge", "250", "260") in found["samsa"]


def test_new_goods_get_an_id_and_stand_at_the_end(tmp_path):
    path = csv_file(tmp_path, "Название;Цена;Штрихкод", f"Вафли;120;{WAFERS}", "Булка;150;")
    found = previewed(path)
    assert [change.product for change in found.new] == [
        Product("new-1", {"ru": "Вафли"}, 120, codes=(f"0{WAFERS}",)),
        Product("new-2", {"ru": "Булка"}, 150),
    ]


def test_new_goods_may_bring_their_own_id_and_words_of_any_language(tmp_path):
    path = csv_file(
        tmp_path,
        "ID;Атауы;Бағасы;Санаты;Күйі;Қораптар;Суреті",
        "wafers;Вафли;1 120 тг;Тәттілер;таусылды;14870001157934=12;wafers",
    )
    assert previewed(path, Catalogue(1, ())).products == (
        Product(
            "wafers",
            {"kk": "Вафли"},
            1120,
            "sweets",
            (),
            "wafers",
            Status.SOLD_OUT,
            {CASE_OF_WATER: 12},
        ),
    )


def test_a_column_that_is_missing_changes_nothing_and_an_empty_cell_empties(tmp_path):
    catalogue = Catalogue(1, [Product("a", {"ru": "А", "en": "A"}, 5, "toys", (), "pic")])
    assert changes(csv_file(tmp_path, "id;price", "a;5"), catalogue) == {}
    path = csv_file(tmp_path, "id;price;name_en;picture;category", "a;5;;;")
    assert changes(path, catalogue) == {"a": [("name_en", "A", ""), ("picture", "pic", "")]}


def test_ids_that_are_in_use_elsewhere_are_not_given_again(tmp_path):
    table = read_table(csv_file(tmp_path, "name;price", "Bun;150"))
    found = preview(table, CATALOGUE, new_id, taken_ids={"new-1", "new-2"})
    assert found.products[0].product_id == "new-3"


def test_columns_that_mean_nothing_are_named(tmp_path):
    path = csv_file(tmp_path, "id;Цена;Остаток;Поставщик", "water;180;12;ТОО")
    assert previewed(path).not_read == ("Остаток", "Поставщик")


# --- wrong columns ---


def test_without_prices_or_names_the_sheet_is_refused(tmp_path):
    assert refused(csv_file(tmp_path, "Название;Поставщик", "Вода;ТОО")) is Wrong.NO_PRICE_COLUMN
    assert refused(csv_file(tmp_path, "Цена;Поставщик", "180;ТОО")) is Wrong.NO_NAMING_COLUMN
    assert refused(csv_file(tmp_path, "foo;bar", "1;2")) is Wrong.NO_NAMING_COLUMN


def test_two_columns_of_one_meaning_are_refused(tmp_path):
    assert refused(csv_file(tmp_path, "id;Цена;price", "water;1;2")) is Wrong.COLUMN_TWICE


def test_too_much_for_one_entry_is_refused(tmp_path):
    rows = [(f"id-{n}", "н" * 190, n, "") for n in range(9_000)]
    assert refused(xlsx_file(tmp_path, HEADINGS, *rows)) is Wrong.TOO_MUCH_AT_ONCE


# --- wrong cells ---


@pytest.mark.parametrize("price", ["сто", "180.5", "1,80", "-5", "12O", "1e3", "99999999", "1 2a"])
def test_prices_with_letters_or_fractions_are_refused(tmp_path, price):
    path = csv_file(tmp_path, "id;Цена", f"water;{price}")
    assert faults(path) == [(2, "Цена", Wrong.PRICE_WRONG)]


@pytest.mark.parametrize("price", ["1250", "1 250 ₸", "1\u00a0250\u202f₸", "1250,00", "1250 тг."])
def test_prices_are_read_as_people_write_them(tmp_path, price):
    path = csv_file(tmp_path, "id;Цена", f"water;{price}")
    assert previewed(path).products[0].price_tenge == 1250


def test_nothing_becomes_free_by_a_slip_and_no_price_is_none(tmp_path):
    assert (2, "Цена", Wrong.PRICE_WRONG) in faults(csv_file(tmp_path, "id;Цена", "water;0"))
    path = csv_file(tmp_path, "id;Цена", "water;", "new-one;")
    assert (2, "Цена", Wrong.PRICE_MISSING) in faults(path)


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("4,87E+12", Wrong.CODE_SHORTENED),
        ("4.87000115E+12", Wrong.CODE_SHORTENED),
        ("4870001157938", Wrong.CODE_WRONG),
        ("water", Wrong.CODE_WRONG),
        ("14870001157934", Wrong.CODE_OF_CASE),
    ],
)
def test_codes_that_are_none_are_refused(tmp_path, code, wrong):
    assert faults(csv_file(tmp_path, "id\tprice\tEAN", f"water\t180\t{code}")) == [
        (2, "EAN", wrong)
    ]


def test_a_code_that_a_spreadsheet_cut_to_15_digits_is_refused(tmp_path):
    path = xlsx_file(tmp_path, HEADINGS, ("water", "Вода", 180, 4.87000115793712e18))
    assert faults(path) == [(2, "codes", Wrong.CODE_SHORTENED)]


@pytest.mark.parametrize(
    ("cases", "wrong"),
    [
        ("12", Wrong.CASE_WRONG),
        ("14870001157934", Wrong.CASE_WRONG),
        ("14870001157934=0", Wrong.CASE_WRONG),
        ("14870001157935=12", Wrong.CODE_WRONG),
        ("4870001157937=12", Wrong.CODE_NOT_OF_CASE),
    ],
)
def test_cases_that_are_none_are_refused(tmp_path, cases, wrong):
    path = csv_file(tmp_path, "id;price;cases", f"water;180;{cases}")
    assert faults(path) == [(2, "cases", wrong)]


def test_words_that_mean_nothing_are_refused(tmp_path):
    path = csv_file(
        tmp_path, "id;price;status;category;picture", "water;180;gone;drunks;../../etc/passwd"
    )
    assert {fault[1:] for fault in faults(path)} == {
        ("status", Wrong.STATUS_WRONG),
        ("category", Wrong.CATEGORY_WRONG),
        ("picture", Wrong.PICTURE_WRONG),
    }


def test_all_that_is_wrong_with_a_row_is_said_at_once(tmp_path):
    path = csv_file(tmp_path, "id;name;price;codes", "a/b;;x;y")
    assert {fault[2] for fault in faults(path)} == {
        Wrong.ID_WRONG,
        Wrong.NAME_MISSING,
        Wrong.PRICE_WRONG,
        Wrong.CODE_WRONG,
    }


# --- rows against rows and catalogue ---


def test_a_code_in_two_rows_names_both(tmp_path):
    path = csv_file(tmp_path, "name;price;codes", f"Wafers;120;{WAFERS}", f"Chips;250;{WAFERS}")
    (fault,) = previewed(path).faults
    assert (fault.row, fault.wrong) == (3, Wrong.CODE_IN_TWO_ROWS)
    assert fault.values == {"code": WAFERS, "other": 2}


def test_a_code_of_other_goods_names_them(tmp_path):
    path = csv_file(tmp_path, "id;name;price;codes", f"wafers;Wafers;120;{TEA_CODE}")
    (fault,) = previewed(path).faults
    assert (fault.row, fault.wrong) == (2, Wrong.CODE_TAKEN)
    assert fault.values["name"] == "Шай"


def test_a_case_code_of_other_goods_is_refused(tmp_path):
    catalogue = Catalogue(1, [Product("a", {"ru": "А"}, 5, cases={CASE_OF_WATER: 6})])
    path = csv_file(tmp_path, "id;name;price;cases", f"b;B;5;{CASE_OF_WATER}=12")
    assert faults(path, catalogue) == [(2, "cases", Wrong.CODE_TAKEN)]


def test_a_code_may_move_to_other_goods_within_a_sheet(tmp_path):
    path = csv_file(tmp_path, "id;price;codes", f"water;180;{TEA_CODE}", f"tea;350;{WATER_CODE}")
    assert set(changes(path)) == {"water", "tea"}


def test_goods_in_two_rows_name_both(tmp_path):
    path = csv_file(tmp_path, "id;price;codes", "water;180;", f";190;{WATER_CODE}")
    (fault,) = previewed(path).faults
    assert (fault.row, fault.wrong, fault.values) == (3, Wrong.PRODUCT_IN_TWO_ROWS, {"other": 2})


def test_new_goods_without_a_barcode_written_twice_are_refused(tmp_path):
    path = csv_file(tmp_path, "name;price", "Bun;150", "bun;160")
    assert faults(path) == [(3, "product_id", Wrong.PRODUCT_IN_TWO_ROWS)]


def test_barcodes_of_different_goods_in_one_row_are_refused(tmp_path):
    path = csv_file(tmp_path, "price;codes", f"180;{WATER_CODE}|{TEA_CODE}")
    assert faults(path) == [(2, "codes", Wrong.SEVERAL_PRODUCTS)]


def test_a_name_that_several_goods_bear_does_not_say_which(tmp_path):
    catalogue = Catalogue(1, [Product(i, {"ru": "Булка"}, 5) for i in ("a", "b")])
    path = csv_file(tmp_path, "Название;Цена", "Булка;6")
    assert faults(path, catalogue) == [(2, "product_id", Wrong.SEVERAL_OF_THAT_NAME)]


def test_one_fault_is_enough_that_nothing_can_be_applied(tmp_path):
    found = previewed(csv_file(tmp_path, "id;price", "water;200", "tea;x"))
    assert len(found.changed) == 1
    assert not found.can_apply


def test_a_sheet_that_changes_nothing_needs_no_applying(tmp_path):
    assert not previewed(csv_file(tmp_path, "id;price", "water;180")).can_apply
