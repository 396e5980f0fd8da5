"""Choosing tags and paper, giving barcodes, and the file on the stick; no window."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.admin.labels import LabelsDesk
from kiosk.admin.labels_choice import COPIES_MAX
from kiosk.admin.labels_print import Paper, put
from kiosk.admin.labels_state import Note, Stage, Tab
from kiosk.admin.pages import Page
from kiosk.domain.entries import ProductChange
from kiosk.domain.products import Product
from kiosk.i18n import Texts
from kiosk.paper.fonts import PaperError
from kiosk.paper.marks import Words
from tests.admin.back_room import VOLUNTEER, BackRoom, published
from tests.paper.reading import FONTS, codes_in, drawn, opened, words_of

WATER = Product("water", {"kk": "Ауыз суы", "ru": "Вода"}, 180, "drinks", ("04870001157937",))
TEA = Product("tea", {"kk": "Шай", "ru": "Чай"}, 350, "drinks", ("04870202520103",))
SAMSA = Product("samsa", {"kk": "Самса", "ru": "Самса"}, 250, "bakery")
BUN = Product("bun", {"kk": "Тоқаш", "ru": "Булочка"}, 150, "bakery")
GOODS = (WATER, TEA, SAMSA, BUN)
ROOT = FONTS.parents[1]
SERVICES = {
    "fonts_dir": FONTS,
    "texts": Texts(ROOT / "assets" / "locale"),
    "shop_name": lambda language: "Адалдық дүкені",
}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[BackRoom]:
    """A back room whose shop sells the four goods above."""
    room = BackRoom(tmp_path, catalogue=GOODS, **SERVICES)
    room.office.let_in(VOLUNTEER)
    yield room
    room.close()


def opened_page(room: BackRoom, argument: object = None) -> LabelsDesk:
    return room.open(Page.LABELS, argument)


def copies(desk: LabelsDesk) -> dict[str, int]:
    return {row.product.product_id: row.copies for row in desk.state.rows}


def preview_text(desk: LabelsDesk) -> str:
    return " ".join(mark.text for mark in desk.state.preview.marks if isinstance(mark, Words))


def save(room: BackRoom, desk: LabelsDesk) -> bytes:
    """Saved into the kiosk's own folder, the last place there is."""
    desk.save()
    room.settle()
    assert desk.state.stage is Stage.PLACES
    desk.choose_place(len(desk.state.places) - 1)
    room.settle()
    assert desk.state.stage is Stage.SAVED
    saved = desk.state.saved
    return (saved.place.path / saved.name).read_bytes()


def test_opened_with_products_those_are_chosen_once_each(room):
    desk = opened_page(room, ("tea", "samsa", "gone"))
    assert desk.state.tab is Tab.CHOSEN
    assert copies(desk) == {"samsa": 1, "tea": 1}
    assert (desk.state.tags, desk.state.pages) == (2, 1)


def test_opened_without_products_the_new_prices_that_wait_for_tags_are_chosen(room):
    products = json.loads(published(GOODS, 2))
    products["products"][0]["price_tenge"] = 210
    room.shelf.publish(json.dumps(products).encode())
    desk = opened_page(room)
    assert copies(desk) == {"water": 1}
    assert "210 ₸" in preview_text(desk).replace("\u00a0", " ")
    assert "210 ₸" in words_of(save(room, desk))[0]
    assert room.product("water").price_tenge == 180, "printing alone puts no price in effect"


def test_what_was_changed_here_this_week_is_a_list_of_its_own(room):
    room.write(ProductChange((BUN,), "v1"), days_ago=8)
    room.shelf.set_price("tea", 400, "v1").result(20)
    desk = opened_page(room)
    desk.show_tab(Tab.CHANGED)
    assert copies(desk) == {"tea": 0}
    assert dict(desk.state.counts) == {
        Tab.CHOSEN: 0, Tab.CHANGED: 1, Tab.WITHOUT_CODE: 2, Tab.ALL: 4,
    }  # fmt: skip


def test_a_scan_adds_a_tag_and_shows_it(room):
    desk = opened_page(room)
    room.scan(WATER.codes[0])
    room.scan(TEA.codes[0])
    room.scan(WATER.codes[0])
    assert desk.state.tab is Tab.CHOSEN
    assert list(copies(desk).items()) == [("water", 2), ("tea", 1)], "the last scanned first"
    assert "Ауыз суы" in preview_text(desk)
    assert room.notes == [Note.ADDED] * 3


def test_an_unknown_code_is_said_and_changes_nothing(room):
    desk = opened_page(room)
    room.scan("04870028006041")
    assert room.notes == [Note.UNKNOWN]
    assert desk.state.tags == 0


def test_tags_are_counted_up_and_down_and_stay_where_they_stand(room):
    desk = opened_page(room, ("water", "tea"))
    for _ in range(COPIES_MAX + 3):
        desk.plus("water")
    assert list(copies(desk).items()) == [("tea", 1), ("water", COPIES_MAX)]
    desk.minus("tea")
    desk.minus("tea")
    assert copies(desk) == {"water": COPIES_MAX}
    room.settle()
    assert (desk.state.tags, desk.state.pages) == (COPIES_MAX, 5)


def test_one_of_each_and_none_mean_the_list_that_is_seen(room):
    desk = opened_page(room, ("water",))
    desk.show_tab(Tab.WITHOUT_CODE)
    desk.one_of_each()
    assert desk.state.tags == 3
    desk.none()
    assert desk.state.tags == 1
    desk.show_tab(Tab.ALL)
    desk.none()
    assert desk.state.tags == 0


def test_a_product_is_picked_from_the_list_by_its_name(room):
    desk = opened_page(room)
    desk.open_picker()
    desk.search("тоқ")
    assert [product.product_id for product in desk.state.listing] == ["bun"]
    desk.pick("bun")
    assert not desk.state.picking
    assert copies(desk) == {"bun": 1}


def test_goods_without_a_barcode_get_their_own_and_it_can_be_scanned_from_the_tag(room):
    desk = opened_page(room, ("samsa", "water", "bun"))
    assert desk.state.without_code == 2
    desk.give_codes()
    desk.give_codes()
    room.settle()
    assert room.product("samsa").codes == ("02000000000015",)
    assert room.product("bun").codes == ("02000000000022",)
    assert len(room.bodies(ProductChange)) == 1, "a second tap gives nothing twice"
    assert room.notes == [Note.CODES_GIVEN]
    assert desk.state.without_code == 0
    desk.choose_paper(Paper.ROLL_58)
    room.settle()
    with opened(save(room, desk)) as document:
        read = [codes_in(drawn(page, 203)) for page in document]
    assert read == [{"02000000000015"}, {"04870001157937"}, {"02000000000022"}]


def test_the_preview_follows_paper_and_languages(room):
    desk = opened_page(room, ("water",))
    assert desk.state.preview.width_mm == 70
    desk.choose_paper(Paper.ROLL_58)
    room.settle()
    assert desk.state.preview.width_mm == 58
    assert "Ауыз суы Вода" in preview_text(desk)
    desk.next_large()
    room.settle()
    assert desk.state.languages == ("ru", "kk")
    assert "Вода Ауыз суы" in preview_text(desk)
    for _ in range(2):
        desk.next_small()
    assert desk.state.languages == ("ru",)
    room.settle()
    assert "Ауыз суы" not in preview_text(desk)


def test_the_price_list_has_all_goods_in_both_languages_with_barcodes_if_wanted(room):
    desk = opened_page(room)
    desk.choose_paper(Paper.PRICE_LIST)
    room.settle()
    assert (desk.state.tags, desk.state.pages) == (4, 1)
    room.scan(WATER.codes[0])
    assert room.notes == [Note.LIST_HAS_ALL]
    desk.turn_barcodes()
    pdf = save(room, desk)
    [text] = words_of(pdf)
    for wanted in ("Сусындар · Напитки", "Шай", "Чай", "350 ₸", "Адалдық дүкені · 18.11.2026"):
        assert wanted in text
    with opened(pdf) as document:
        picture = drawn(document[0], 300)
    strips = [picture[y : y + 183] for y in range(0, picture.shape[0] - 183, 61)]
    assert set().union(*map(codes_in, strips)) == {WATER.codes[0], TEA.codes[0]}


def test_a_second_file_of_the_day_does_not_replace_the_first(room):
    desk = opened_page(room, ("water",))
    save(room, desk)
    first = desk.state.saved.name
    desk.done()
    save(room, desk)
    assert (first, desk.state.saved.name) == (
        "adal-tags-2026-11-18.pdf",
        "adal-tags-2026-11-18-2.pdf",
    )


def test_a_place_that_went_away_is_said_and_asked_for_again(room):
    desk = opened_page(room, ("water",))
    desk.save()
    room.settle()
    place = desk.state.places[-1]
    place.path.rmdir()
    desk.choose_place(len(desk.state.places) - 1)
    room.settle()
    assert room.notes == [Note.NOT_WRITTEN]
    assert desk.state.stage is Stage.PLACES
    assert not desk.state.busy
    desk.back()
    assert desk.state.stage is Stage.CHOOSE


def test_a_file_that_cannot_be_finished_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kiosk.admin.labels_print.os.fsync", full)
    with pytest.raises(PaperError, match="No space left on device"):
        put(tmp_path, "tags", b"%PDF")
    assert list(tmp_path.iterdir()) == []


def test_nothing_chosen_is_nothing_to_save(room):
    desk = opened_page(room)
    desk.save()
    room.settle()
    assert desk.state.stage is Stage.CHOOSE


def test_back_leads_out_one_step_at_a_time(room):
    desk = opened_page(room, ("water",))
    desk.open_picker()
    desk.back()
    assert not desk.state.picking
    desk.back()
    assert room.page is Page.HOME
