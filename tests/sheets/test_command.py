import argparse
import json

import pytest

from kiosk.admin.product_ids import new_product_id
from kiosk.domain.entries import ProductChange, decode
from kiosk.sheets.command import add_command
from tests.sheets.sheets import csv_file
from tests.sheets.shops import open_shop
from tests.till.shop import CATALOGUE

HEADING = "product_id;name_ru;price_tenge"


@pytest.fixture
def shop(tmp_path):
    with open_shop(tmp_path / "data") as opened:
        opened.save(CATALOGUE.products, "asel")
    return tmp_path / "data"


@pytest.fixture
def products(shop, tmp_path, capsys):
    """Runs the command; gives its exit code, and what it said."""
    parser = argparse.ArgumentParser()
    add_command(parser.add_subparsers(), shop, open_shop, new_product_id)

    def run(*words):
        args = parser.parse_args(["products", *map(str, words)])
        code = args.run(args)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def changes(directory):
    with open_shop(directory) as shop:
        bodies = [decode(entry.payload).body for entry in shop.journal.entries()]
        return [body for body in bodies if isinstance(body, ProductChange)][1:], shop.catalogue


def test_import_applies_and_says_what_it_did(products, shop, tmp_path):
    path = csv_file(tmp_path, HEADING, "water;Вода;200", ";Булка;150", "tea;Чай;350")
    code, out, err = products("import", path, "--by", "aigul")
    assert (code, err) == (0, "")
    assert "row 2: water: price_tenge '180' -> '200'" in out
    assert "row 3: new bulka" in out
    assert "1 new, 1 changed, 1 unchanged, 0 faults; applied." in out
    (change,), catalogue = changes(shop)
    assert (change.by, change.how) == ("aigul", "imported")
    assert catalogue.by_id("water").price_tenge == 200


def test_a_dry_run_changes_nothing(products, shop, tmp_path):
    path = csv_file(tmp_path, HEADING, "water;Вода;200")
    code, out, _ = products("import", path, "--dry-run", "--json")
    said = json.loads(out)
    assert (code, said["ok"], said["applied"]) == (0, True, False)
    assert said["changed"] == {"water": {"price_tenge": ["180", "200"]}}
    assert changes(shop)[0] == []


def test_faults_are_named_and_nothing_is_changed(products, shop, tmp_path):
    path = csv_file(tmp_path, HEADING, "water;Вода;200", "tea;Чай;=1+1")
    code, out, _ = products("import", path)
    assert code == 1
    assert "row 3, column price_tenge: A formula. Copy the cell and paste it as a value." in out
    assert "1 faults; nothing was changed." in out
    assert changes(shop)[0] == []


def test_a_file_that_cannot_be_used_is_refused_in_one_line(products, tmp_path):
    code, out, err = products("import", tmp_path / "gone.xlsx")
    assert (code, out, err.count("\n")) == (2, "", 1)
    code, out, _ = products("import", tmp_path / "gone.xlsx", "--json")
    assert (code, json.loads(out)["ok"]) == (2, False)


@pytest.mark.parametrize("name", ["goods.xlsx", "goods.CSV"])
def test_export_and_import_again_changes_nothing(products, shop, tmp_path, name):
    code, out, _ = products("export", tmp_path / name, "--language", "kk")
    assert (code, out) == (0, f"{len(CATALOGUE.products)} products written to {tmp_path / name}.\n")
    code, out, _ = products("import", tmp_path / name, "--json")
    assert json.loads(out)["unchanged"] == len(CATALOGUE.products)
    assert changes(shop)[0] == []


def test_a_template_needs_no_shop(products, tmp_path):
    args = ("export", tmp_path / "t.xlsx", "--template", "--data", tmp_path / "nothing")
    assert products(*args)[0] == 0
    assert (tmp_path / "t.xlsx").is_file()
    assert not (tmp_path / "nothing").exists()


def test_export_to_another_kind_of_file_is_refused(products, tmp_path):
    assert products("export", tmp_path / "goods.doc")[0] == 2
