"""The catalogue's pages as people use them: forms in, drafts, versions, files out."""

import csv
import io
import re

import httpx
import openpyxl
from PIL import Image

from kiosk.domain.entries import CashTender, PriceChange, PriceLine, Sale, SaleLine, UnknownScan
from kiosk.domain.products import Product
from sync.enrolment import Enrolment
from sync.server import admin, catalogues
from sync.server.accounts.roles import Role, Scope
from sync.server.catalogues.facts import PriceFact, drafts, published
from sync.server.catalogues.places import EVERYWHERE, Place
from tests.sync.harness import SLUG, MemoryJournal, RunningServer
from tests.sync.test_upload import push
from tests.web.people import Browser, logged_in

WATER = Product("water", {"kk": "Су", "ru": "Вода", "en": "Water"}, 180, "drinks")
PAGES = (
    "/catalogue",
    "/catalogue/product?id=water",
    "/catalogue/publish",
    "/catalogue/changes",
    "/catalogue/unknown",
    "/catalogue/campaigns",
    "/catalogue/versions",
    "/catalogue/import",
)
CODE = "04870001157937"
FORM = {"name_en": "Tea", "price": "350", "category": "drinks", "status": "on_sale"}


def put(server: RunningServer, *products: Product) -> None:
    server.store.write(lambda c: catalogues.put(c, products or (WATER,), 1))


def facts(server: RunningServer):
    return server.store.read(lambda c: published(c).with_drafts(drafts(c)))


def here(server: RunningServer) -> Place:
    return Place("47", server.store.read(lambda c: admin.shop_id_of(c, SLUG)))


def send(person: Browser, path: str, name: str, file: tuple[str, bytes], **fields: str):
    return person.http.post(path, data={"csrf": person.csrf, **fields}, files={name: file})


def enrolled(server: RunningServer) -> tuple[MemoryJournal, Enrolment]:
    journal = MemoryJournal()
    return journal, server.enrol(journal)


def test_every_page_is_drawn_for_every_role_in_every_language(
    sqlite_server: RunningServer,
) -> None:
    put(sqlite_server)
    place = here(sqlite_server)
    for role, scope in (
        (Role.NATIONAL, Scope()),
        (Role.REGION, Scope("47")),
        (Role.SHOP, Scope(shop_id=place.shop_id)),
        (Role.AUDITOR, Scope("47")),
    ):
        person = logged_in(sqlite_server, role, scope)
        for number, path in enumerate((*PAGES, "/catalogue/product")):
            language = ("kk", "ru", "en")[number % 3]
            answer = person.get(path, params=httpx.URL(path).params.merge({"lang": language}))
            assert answer.status_code == 200, (role, path, answer.text[:300])
            assert f'lang="{language}"' in answer.text


def test_a_product_goes_from_form_to_draft_to_version(server: RunningServer) -> None:
    put(server)
    person = logged_in(server)
    person.get("/catalogue/product")
    fields = {**FORM, "place": "all", "codes": "4870001157937", "cases": "14870001157934=24"}
    answer = person.post("/catalogue/product", **fields)
    assert answer.status_code == 200
    assert "Tea" in person.get("/catalogue").text
    kept = facts(server).at("tea", EVERYWHERE)[1].product
    assert (kept.price_tenge, kept.codes, kept.cases) == (350, (CODE,), {"14870001157934": 24})
    assert server.store.read(published).at("tea", EVERYWHERE) is None
    shown = person.get("/catalogue/publish").text
    assert "Tea" in shown
    assert "350" in shown
    assert "Who has which version" in person.post("/catalogue/publish").text
    assert server.store.read(published).at("tea", EVERYWHERE) is not None
    assert server.store.read(catalogues.current_version) == 2
    assert "tea" in person.get("/audit").text


WRONG = (
    ({"price": "12.5"}, "whole tenge"),
    ({"codes": "4870001157938"}, "A digit of a barcode is wrong"),
    ({"name_en": ""}, "write a name"),
    ({"category": "toys"}, "choose a category"),
    ({"codes": "2000000000015"}, "belong to one shop"),
    ({"codes": "40099637"}, "Another product has this barcode"),
    ({"cases": "14870001157934"}, "A case is written as"),
)


def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(
    sqlite_server: RunningServer,
) -> None:
    put(sqlite_server, Product("gum", {"en": "Gum"}, 200, codes=("00000040099637",)))
    person = logged_in(sqlite_server)
    person.get("/catalogue/product")
    for wrong, said in WRONG:
        fields = {**FORM, "name_ru": "" if "name_en" in wrong else "Чай", "place": "all", **wrong}
        answer = person.post("/catalogue/product", **fields)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'value="350"' in answer.text or "price" in wrong
    assert sqlite_server.store.read(drafts) == []


def test_prices_by_place_are_set_and_taken_away(sqlite_server: RunningServer) -> None:
    put(sqlite_server)
    person = logged_in(sqlite_server, Role.REGION, Scope("47"))
    person.get("/catalogue/product?id=water")
    person.post("/catalogue/price", id="water", place=f"shop:{SLUG}", price="1 75", urgent="1")
    assert facts(sqlite_server).price_at("water", here(sqlite_server)) == PriceFact(175, True)
    assert person.post("/catalogue/price", id="water", place="all", price="1").status_code == 403
    assert (
        person.post("/catalogue/price", id="water", place="region:75", price="1").status_code == 404
    )
    person.post("/catalogue/publish")
    person.post("/catalogue/price", id="water", place=f"shop:{SLUG}", price="")
    person.post("/catalogue/publish")
    assert facts(sqlite_server).price_at("water", here(sqlite_server)) == PriceFact(180)


def test_another_region_neither_sees_nor_touches_what_is_not_its_own(
    sqlite_server: RunningServer,
) -> None:
    put(sqlite_server)
    home = logged_in(sqlite_server, Role.REGION, Scope("47"))
    home.get("/catalogue/product?id=water")
    home.post("/catalogue/price", id="water", place=f"shop:{SLUG}", price="17555")
    home.post("/catalogue/product", **{**FORM, "name_en": "Kymyz"}, place="region:47")
    home.post(
        "/catalogue/campaigns",
        place="region:47",
        from_day="2026-11-01",
        to_day="2027-01-01",
        line_en="Only in Mangystau",
    )
    other = logged_in(sqlite_server, Role.REGION, Scope("75"))
    for path in PAGES:
        text = other.get(path).text
        assert not re.search("17.?555|Kymyz|Only in Mangystau|" + SLUG, text), path
    assert other.get("/catalogue/product?id=kymyz").status_code == 404
    assert (
        other.post("/catalogue/price", id="kymyz", place="region:75", price="5").status_code == 404
    )
    (draft, *_rest) = sqlite_server.store.read(drafts)
    name = f"{draft.kind}|47|{draft.place.shop_id}|{draft.product_id}"
    other.post("/catalogue/discard", change=name)
    other.post("/catalogue/discard")
    assert len(sqlite_server.store.read(drafts)) == 2


def test_an_auditor_changes_nothing(sqlite_server: RunningServer) -> None:
    put(sqlite_server)
    person = logged_in(sqlite_server, Role.AUDITOR)
    person.get("/catalogue")
    for path in (
        "product",
        "price",
        "own-code",
        "publish",
        "discard",
        "changes",
        "campaigns",
        "import",
        "campaigns/x/end",
    ):
        assert person.post(f"/catalogue/{path}", id="water", place="all").status_code == 403


def test_a_picture_is_made_small_and_shown(sqlite_server: RunningServer) -> None:
    put(sqlite_server)
    person = logged_in(sqlite_server)
    person.get("/catalogue/product?id=water")
    photo = io.BytesIO()
    Image.new("RGBA", (900, 600), (200, 100, 0, 90)).save(photo, "PNG")
    fields = {**FORM, "id": "water", "place": "all"}
    answer = send(
        person, "/catalogue/product", "picture_file", ("a.png", photo.getvalue()), **fields
    )
    found = re.search(r'src="(/catalogue/pictures/[0-9a-f]{64}\.png)"', answer.text)
    assert found, answer.text[:400]
    shown = person.http.get(found[1])
    with Image.open(io.BytesIO(shown.content)) as opened:
        assert (opened.size, opened.mode) == ((512, 512), "RGB")
    stranger = httpx.get(sqlite_server.url + found[1])
    assert stranger.status_code == 303
    answer = send(person, "/catalogue/product", "picture_file", ("a.png", b"no picture"), **fields)
    assert answer.status_code == 422


def test_a_table_goes_out_and_comes_back_without_a_formula(sqlite_server: RunningServer) -> None:
    evil = Product("evil", {"en": "=HYPERLINK(1)"}, 10, codes=(CODE,), cases={"14870001157934": 6})
    put(sqlite_server, WATER, evil)
    person = logged_in(sqlite_server)
    rows = list(
        csv.DictReader(
            io.StringIO(person.get("/catalogue/products.csv").content.decode("utf-8-sig"))
        )
    )
    by_id = {row["product_id"]: row for row in rows}
    assert by_id["evil"]["name_en"] == "'=HYPERLINK(1)"
    assert by_id["evil"]["codes"] == "4870001157937"
    content = person.http.get("/catalogue/products.xlsx").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [c.data_type for row in book.active.iter_rows(min_row=2) for c in row].count("f") == 0
    person.get("/catalogue/import")
    answer = send(person, "/catalogue/import", "sheet", ("products.xlsx", content))
    assert "As before: 2" in answer.text
    book.active.cell(2, 5).value = 199
    book.active.append(["tea", "Шай", "Чай", "Tea", 350, "drinks", "", "", "on_sale", ""])
    changed = io.BytesIO()
    book.save(changed)
    answer = send(person, "/catalogue/import", "sheet", ("products.xlsx", changed.getvalue()))
    assert "New: 1 · Changed: 1 · As before: 1" in answer.text
    assert {d.product_id for d in sqlite_server.store.read(drafts)} == {"water", "tea"}
    broken = send(person, "/catalogue/import", "sheet", ("x.xlsx", b"PK\x03\x04 nothing"))
    assert broken.status_code == 422


def test_an_unknown_code_becomes_a_product_with_the_price_that_shoppers_typed(
    server: RunningServer,
) -> None:
    put(server)
    journal, given = enrolled(server)
    for number, tenge in enumerate((340, 350, 900)):
        journal.add(UnknownScan("4870001157937", "ean13", CODE), server.settings.now_ms())
        line = SaleLine("?", tenge, 1, None, CODE, True)
        tender = CashTender(None)
        journal.add(Sale(f"c{number}", "kk", (line,), tenge, tender), server.settings.now_ms())
    push(journal, given)
    person = logged_in(server, Role.REGION, Scope("47"))
    text = person.get("/catalogue/unknown").text
    link = re.search(r'href="(/catalogue/product\?code=[^"]+)"', text)
    assert link, text
    assert "350" in text
    form = person.get(link[1].replace("&amp;", "&")).text
    assert 'value="4870001157937"' in form
    assert 'value="350"' in form
    person.post("/catalogue/product", **FORM, place="region:47", codes=CODE)
    assert CODE[1:] not in person.get("/catalogue/unknown").text
    other = logged_in(server, Role.REGION, Scope("75"))
    assert CODE[1:] not in other.get("/catalogue/unknown").text


def test_a_change_from_a_shop_is_taken_over_and_dropping_it_brings_it_back(
    server: RunningServer,
) -> None:
    put(server)
    journal, given = enrolled(server)
    journal.add(PriceChange((PriceLine("water", 190, 180),), "Aigul", "set"))
    push(journal, given)
    person = logged_in(server, Role.REGION, Scope("47"))
    text = person.get("/catalogue/changes").text
    origin = re.search(r'name="change" value="([^"]+)"', text)[1]
    assert "Aigul" not in text
    assert person.post("/catalogue/changes", change=origin, decision="all").status_code == 403
    person.post("/catalogue/changes", change=origin, decision=f"shop:{SLUG}")
    assert origin not in person.get("/catalogue/changes").text
    person.post("/catalogue/discard")
    assert origin in person.get("/catalogue/changes").text
    other = logged_in(server, Role.REGION, Scope("75"))
    other.get("/catalogue/changes")
    assert other.post("/catalogue/changes", change=origin, decision="decline").status_code == 404


def test_a_campaign_reaches_its_shops_kiosk_and_leaves_it(sqlite_server: RunningServer) -> None:
    _journal, given = enrolled(sqlite_server)
    person = logged_in(sqlite_server)
    person.get("/catalogue/campaigns")
    days = {"from_day": "2026-11-01", "to_day": "2027-06-01"}
    person.post("/catalogue/campaigns", place="region:47", line_kk="Кітап күні", **days)
    person.post("/catalogue/campaigns", place="region:75", line_kk="Басқа", **days)
    wrong = person.post(
        "/catalogue/campaigns", place="all", from_day="2027-01-01", to_day="2026-01-01", line_en="x"
    )
    assert wrong.status_code == 422
    headers = {"Authorization": f"Bearer {given.token}"}
    url = f"{sqlite_server.url}/api/v1"
    document = httpx.get(f"{url}/campaigns", headers=headers).json()
    assert [one["lines"] for one in document["campaigns"]] == [{"kk": "Кітап күні"}]
    assert httpx.get(f"{url}/mark", headers=headers).json()["campaigns"] == document["tag"]
    ids = re.findall(
        r"/catalogue/campaigns/([0-9a-f]+)/end", person.get("/catalogue/campaigns").text
    )
    for campaign_id in ids:
        person.post(f"/catalogue/campaigns/{campaign_id}/end")
    assert httpx.get(f"{url}/campaigns", headers=headers).json()["campaigns"] == []


def test_the_page_of_versions_says_who_waits(sqlite_server: RunningServer) -> None:
    put(sqlite_server)
    _journal, given = enrolled(sqlite_server)
    person = logged_in(sqlite_server)
    assert "waits for its next contact" in person.get("/catalogue/versions").text
    headers = {"Authorization": f"Bearer {given.token}"}
    httpx.get(f"{sqlite_server.url}/api/v1/mark?have=1", headers=headers)
    text = person.get("/catalogue/versions").text
    assert "up to date" in text
    assert "waits for its next contact" not in text
