"""A catalogue sheet is taken whole or not at all, and says which row is wrong."""

from pathlib import Path

import msgspec
import pytest

from kiosk.catalogue import parse_catalogue
from kiosk.domain.errors import CatalogueError, ProductError
from kiosk.domain.products import Status
from sync.server import admin, catalogues, migrate, seed
from sync.server.store import Store
from sync.wire import CatalogueDocument, ProductMessage
from tests.sync.harness import sqlite_url

HEADER = "product_id,name_kk,name_ru,name_en,price_tenge,category,codes,picture,status\n"
DEMO = Path(__file__).parents[2] / "assets/demo/catalogue.csv"


def sheet(*rows: str) -> bytes:
    return (HEADER + "\n".join(rows) + "\n").encode()


def test_the_demo_sheet_is_good() -> None:
    products = catalogues.read_csv(DEMO.read_bytes())
    by_id = {product.product_id: product for product in products}
    assert by_id["water-asu"].codes == ("04870001157937",)
    assert by_id["gum-orbit"].codes == ("00000040099637",)
    assert by_id["samsa"].codes == ()
    assert by_id["tobacco"].status is Status.NOT_FOR_SALE


def test_a_sheet_from_excel_with_a_mark_and_semicolons_is_read_the_same() -> None:
    text = sheet("pen,Қаламсап,Ручка,Pen,120,stationery,,pen,on_sale").decode()
    excel = b"\xef\xbb\xbf" + text.replace(",", ";").replace("\n", "\r\n").encode()
    assert catalogues.read_csv(excel) == catalogues.read_csv(text.encode())


def test_every_wrong_row_is_named_and_nothing_is_taken() -> None:
    bad = sheet(
        "pen,Қаламсап,Ручка,Pen,120,stationery,,pen,on_sale",
        "water,Су,Вода,Water,12.50,drinks,,w,on_sale",
        "bun,Тоқаш,Булочка,Bun,150,bakery,4870001157938,b,on_sale",
        ",Самса,Самса,Samsa,250,bakery,,s,on_sale",
        "gum,Сағыз,Жвачка,Gum,200,toys,,g,on_sale",
        "bar,Батон,Батончик,Bar,290,sweets,,b,maybe",
        "tea,Шай, чай,Tea,Tea,350,drinks,,t,on_sale",
    )
    with pytest.raises(CatalogueError) as caught:
        catalogues.read_csv(bad)
    lines = str(caught.value).splitlines()
    assert lines[0] == "Nothing was changed. Mend these rows:"
    assert [line.strip().partition(":")[0] for line in lines[1:]] == [
        f"row {number}" for number in range(3, 9)
    ]
    assert "last digit" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00", "CSV UTF-8"),
        (b"", "lacks"),
        (b"product_id,price_tenge\npen,1\n", "name_kk"),
        (HEADER.encode(), "no products"),
        (sheet("pen,Қ,Р,P,1,other,,,", "pen,Қ,Р,P,2,other,,,"), "stands twice"),
        (sheet("a,Қ,Р,P,1,other,40099637,,", "b,Қ,Р,P,2,other,40099637,,"), "belongs to both"),
        (sheet('pen,"Қ'), "breaks off"),
    ],
)
def test_a_sheet_that_cannot_be_used_says_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        catalogues.read_csv(data)


@pytest.mark.parametrize(
    ("printed", "gtin14"),
    [
        ("4870001157937", "04870001157937"),
        ("40099637", "00000040099637"),
        ("036000291452", "00036000291452"),
        ("14870001157934", "14870001157934"),
    ],
)
def test_printed_digits_become_gtin14(printed: str, gtin14: str) -> None:
    assert catalogues.gtin14(printed) == gtin14


@pytest.mark.parametrize(
    "printed", ["", "487", "00000000", "4870001157938", "487000115793x", "٤٠٠٩٩٦٣٧"]
)
def test_digits_that_are_no_barcode_are_refused(printed: str) -> None:
    with pytest.raises(ProductError):
        catalogues.gtin14(printed)


def test_versions_only_grow_and_a_kiosk_can_read_them(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path))
    migrate.upgrade(store)
    products = catalogues.read_csv(DEMO.read_bytes())
    assert store.read(catalogues.current_document) is None
    assert store.write(lambda c: catalogues.put(c, products, 1)) == 1
    assert store.write(lambda c: catalogues.put(c, products[:3], 2)) == 2
    found = store.read(catalogues.current_document)
    store.close()
    assert found is not None
    version, document = found
    assert (version, len(msgspec.json.decode(document, type=CatalogueDocument).products)) == (2, 3)
    on_kiosk = parse_catalogue(document, "test")
    assert on_kiosk.version == 2
    assert list(on_kiosk.products) == products[:3]


def test_a_catalogue_too_large_to_travel_is_refused(tmp_path: Path) -> None:
    store = Store(sqlite_url(tmp_path))
    migrate.upgrade(store)
    product = catalogues.read_csv(DEMO.read_bytes())[0]
    huge = [msgspec.structs.replace(product, names={"kk": "қ" * 5_000_000})]
    with pytest.raises(CatalogueError, match="can travel"):
        store.write(lambda c: catalogues.put(c, huge, 1))
    assert store.read(catalogues.current_version) == 0
    store.close()
    assert ProductMessage.from_product(product).to_product() == product


def test_a_demonstration_is_prepared_once_and_gives_a_code_each_time(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path)
    codes = {
        seed.prepare(url, DEMO, slug="demo", name="Дүкен", region_code="47", cause="Кітап")
        for _ in range(2)
    }
    assert len(codes) == 2
    store = Store(url)
    assert store.read(catalogues.current_version) == 1
    assert store.read(lambda c: admin.shop_id_of(c, "demo")) == 1
    store.close()
