"""Tags and price list: real touches in a real window, a real file at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.admin.labels_print import Paper
from kiosk.admin.labels_state import Stage, Tab
from kiosk.admin.pages import Page
from tests.admin.money_room import services_in
from tests.admin.screens.driver import OfficeKiosk
from tests.paper.reading import codes_in, drawn, opened
from tests.screens.driver import visible
from tests.till.shop import TEA_CODE, WATER_CODE

pytestmark = pytest.mark.window


@pytest.fixture
def office(window: None, tmp_path: Path) -> Iterator[OfficeKiosk]:
    """A kiosk whose back room can print."""
    kiosk = OfficeKiosk(tmp_path, **services_in(tmp_path))
    yield kiosk
    kiosk.close()


def named(office: OfficeKiosk, kind: str) -> list[Any]:
    """By the name of their class: imported here, the view's kv would be read before the theme's."""
    return [w for w in visible(office.front()) if type(w).__name__ == kind]


def key_of(office: OfficeKiosk, product_id: str, name: str):
    return next(row for row in named(office, "LabelsRow") if row.product_id == product_id).ids[name]


def preview(office: OfficeKiosk):
    [widget] = named(office, "PaperPreview")
    return widget


def pick_own_folder(office: OfficeKiosk, desk):
    """The kiosk's own folder is the last of the places."""
    number = len(desk.state.places) - 1
    keys = named(office, "LabelsPlaceKey")
    office.touch(next(key for key in keys if key.number == number))
    office.settle()


def test_tags_are_scanned_counted_given_barcodes_and_saved(office):
    desk = office.come_in(Page.LABELS)
    office.scan(WATER_CODE)
    office.touch(key_of(office, "water", "plus"))
    office.tap("tab_without_code")
    office.touch(key_of(office, "samsa", "plus"))
    office.settle()
    assert desk.state.tags == 3
    office.tap("give_codes")
    office.settle()
    assert office.room.product("samsa").codes == ("02000000000015",)
    office.tap("roll_58")
    office.settle()
    assert preview(office).page.width_mm == 58
    office.tap("save")
    office.settle()
    pick_own_folder(office, desk)
    saved = desk.state.saved
    assert saved.name in office.text_on_screen()
    with opened((saved.place.path / saved.name).read_bytes()) as document:
        read = [codes_in(drawn(page, 203)) for page in document]
    assert read == [{WATER_CODE}, {WATER_CODE}, {"02000000000015"}]
    office.tap("done")
    assert desk.state.stage is Stage.CHOOSE
    office.tap("back")
    assert office.page is Page.HOME


def test_rows_are_counted_down_and_lists_are_taken_whole(office):
    desk = office.come_in(Page.LABELS, ("water", "tea"))
    office.touch(key_of(office, "tea", "minus"))
    assert desk.state.tags == 1
    office.tap("tab_all")
    office.tap("each")
    assert desk.state.tags == 3
    office.tap("none")
    assert desk.state.tags == 0
    assert desk.state.tab is Tab.ALL


def test_a_product_is_picked_from_the_pictures(office):
    desk = office.come_in(Page.LABELS)
    office.tap("open_picker")
    tiles = named(office, "ProductTile")
    office.touch(next(tile for tile in tiles if tile.product_id == "tea"))
    office.settle()
    assert [row.product.product_id for row in desk.state.rows] == ["tea"]


def test_the_price_list_is_chosen_shown_and_saved_with_barcodes(office):
    desk = office.come_in(Page.LABELS)
    office.tap("price_list")
    office.settle()
    assert desk.state.paper is Paper.PRICE_LIST
    assert preview(office).page.height_mm == 297
    office.tap("barcodes")
    office.settle()
    office.tap("save")
    office.settle()
    pick_own_folder(office, desk)
    saved = desk.state.saved
    with opened((saved.place.path / saved.name).read_bytes()) as document:
        picture = drawn(document[0], 300)
    strips = [picture[y : y + 183] for y in range(0, picture.shape[0] - 183, 61)]
    assert set().union(*map(codes_in, strips)) == {WATER_CODE, TEA_CODE}


def test_the_languages_of_the_names_are_turned_by_their_keys(office):
    desk = office.come_in(Page.LABELS, ("water",))
    office.tap("large")
    office.tap("small")
    office.settle()
    assert desk.state.languages == ("ru", "en")


def test_the_preview_on_the_screen_holds_a_barcode_that_the_kiosk_reads(office, tmp_path):
    """What the volunteer sees is drawn from the same marks as the paper."""
    import cv2

    office.come_in(Page.LABELS, ("water",))
    office.settle()
    office.front().export_to_png(str(tmp_path / "shot.png"))
    picture = cv2.imread(str(tmp_path / "shot.png"), cv2.IMREAD_GRAYSCALE)
    assert codes_in(picture) == {WATER_CODE}
