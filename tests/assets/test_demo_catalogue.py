"""The demo catalogue is one a kiosk can sell from."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

ASSETS = Path(__file__).resolve().parents[2] / "assets"
CATALOGUE = ASSETS / "demo" / "catalogue.csv"
COLUMNS = [
    "product_id",
    "name_kk",
    "name_ru",
    "name_en",
    "price_tenge",
    "category",
    "codes",
    "picture",
    "status",
]
CATEGORIES = {"drinks", "snacks", "sweets", "bakery", "household", "stationery"}
STATUSES = {"on_sale", "sold_out", "hidden", "not_for_sale"}

with CATALOGUE.open(encoding="utf-8", newline="") as _file:
    ROWS = list(csv.DictReader(_file))
ALL_CODES = [code for row in ROWS for code in row["codes"].split()]

rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row["product_id"])


def check_digit(body: str) -> int:
    """GS1 General Specifications, 7.9: weights 3 and 1 from the right."""
    weighted = (int(d) * (1 if i % 2 else 3) for i, d in enumerate(reversed(body)))
    return -sum(weighted) % 10


def test_the_columns_are_the_agreed_ones() -> None:
    assert list(ROWS[0]) == COLUMNS


@rows
def test_a_product_is_named_in_three_languages(row: dict[str, str]) -> None:
    for column in ("name_kk", "name_ru", "name_en"):
        assert row[column].strip() == row[column] != ""


@rows
def test_a_product_has_a_price_in_whole_tenge(row: dict[str, str]) -> None:
    assert re.fullmatch(r"[1-9]\d*", row["price_tenge"])


@rows
def test_a_product_has_a_picture_and_a_known_category_with_one(row: dict[str, str]) -> None:
    assert (ASSETS / "products" / f"{row['picture']}.png").is_file()
    assert row["category"] in CATEGORIES
    assert (ASSETS / "products" / f"category-{row['category']}.png").is_file()


@rows
def test_a_product_has_a_short_stable_name_and_a_known_status(row: dict[str, str]) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["product_id"])
    assert len(row["product_id"]) <= 24
    assert row["status"] in STATUSES


@pytest.mark.parametrize("code", ALL_CODES)
def test_a_code_is_a_printed_retail_code_with_its_check_digit(code: str) -> None:
    assert re.fullmatch(r"\d{8}|\d{13}", code)
    assert check_digit(code[:-1]) == int(code[-1])


@pytest.mark.parametrize("column", ["product_id", "name_kk", "name_ru", "name_en", "picture"])
def test_no_two_products_share(column: str) -> None:
    assert [value for value, n in Counter(row[column] for row in ROWS).items() if n > 1] == []


def test_no_two_products_share_a_code() -> None:
    assert len(set(ALL_CODES)) == len(ALL_CODES)


def test_some_goods_have_no_barcode_and_one_is_never_sold() -> None:
    assert {"samsa", "bun", "pen"} == {row["product_id"] for row in ROWS if not row["codes"]}
    refused = [row for row in ROWS if row["status"] == "not_for_sale"]
    assert [row["codes"][:3] for row in refused] == ["200"]
