"""Products in effect: what the centre published with this kiosk's own changes on top."""

import msgspec

from kiosk.domain.entries import Boot, PriceChange, PriceLine, ProductChange
from kiosk.domain.products import Product, Status
from kiosk.domain.shelf import LocalChanges, Published, in_effect, with_tags_of

WATER = Product("water", {"kk": "Су"}, 180, codes=("04870001157937",))
TEA = Product("tea", {"kk": "Шай"}, 350, codes=("04870202520103",))
BUN = Product("bun", {"kk": "Тоқаш"}, 150)


def at_price(product: Product, price_tenge: int) -> Product:
    return msgspec.structs.replace(product, price_tenge=price_tenge)


def prices(published: Published, local: LocalChanges) -> dict[str, int]:
    now = in_effect(published, local)
    return {p.product_id: p.price_tenge for p in now.catalogue.products}


def edited(*products: Product) -> ProductChange:
    return ProductChange(products, "v1")


def priced(product_id: str, price_tenge: int, why: str = "set") -> PriceChange:
    return PriceChange((PriceLine(product_id, price_tenge, 0),), "v1", why)


FIRST = Published(1, (WATER, TEA))
HUNG = with_tags_of(LocalChanges(), in_effect(FIRST, LocalChanges()).catalogue)
"""The first version was published and its tags hang."""


def test_the_first_version_is_in_effect_at_once():
    now = in_effect(FIRST, LocalChanges())
    assert now.catalogue.products == (WATER, TEA)
    assert now.waiting == {}


def test_a_new_price_from_the_centre_waits_for_its_tag():
    second = Published(2, (at_price(WATER, 200), TEA))
    now = in_effect(second, HUNG)
    assert prices(second, HUNG) == {"water": 180, "tea": 350}
    assert now.waiting == {"water": 200}
    confirmed = HUNG.apply(priced("water", 200, "tags"), (1, 5))
    assert prices(second, confirmed)["water"] == 200
    assert in_effect(second, confirmed).waiting == {}


def test_an_urgent_price_and_a_new_product_do_not_wait():
    second = Published(2, (at_price(WATER, 200), TEA, BUN), urgent=("water",))
    assert prices(second, HUNG) == {"water": 200, "tea": 350, "bun": 150}
    assert in_effect(second, HUNG).waiting == {}


def test_other_news_of_a_product_do_not_wait_with_its_price():
    renamed = msgspec.structs.replace(WATER, names={"kk": "Су 0,5 л"}, price_tenge=200)
    now = in_effect(Published(2, (renamed, TEA)), HUNG)
    water = now.catalogue.by_id("water")
    assert water is not None
    assert (water.name_in("kk"), water.price_tenge) == ("Су 0,5 л", 180)


def test_what_was_changed_here_stands_on_top_until_the_centre_has_taken_it_in():
    local = HUNG.apply(edited(at_price(WATER, 190), BUN), (1, 7))
    assert prices(FIRST, local) == {"water": 190, "tea": 350, "bun": 150}
    still_without = Published(2, (at_price(WATER, 170), TEA), 1, 6)
    assert prices(still_without, local) == {"water": 190, "tea": 350, "bun": 150}
    taken_in = Published(3, (at_price(WATER, 190), TEA, BUN), 1, 7)
    assert prices(taken_in, local) == {"water": 190, "tea": 350, "bun": 150}
    dropped = Published(4, (at_price(WATER, 190), TEA), 1, 7)
    assert prices(dropped, local) == {"water": 190, "tea": 350}


def test_a_price_set_here_holds_against_a_version_that_does_not_know_it():
    local = HUNG.apply(priced("water", 210), (1, 8))
    second = Published(2, (at_price(WATER, 170), TEA))
    assert prices(second, local)["water"] == 210
    assert in_effect(second, local).waiting == {}
    # The centre has seen it and says otherwise: that is news, and waits for its tag.
    third = Published(3, (at_price(WATER, 170), TEA), 1, 8)
    assert prices(third, local)["water"] == 210
    assert in_effect(third, local).waiting == {"water": 170}


def test_the_later_of_product_and_price_is_the_last_word():
    local = LocalChanges().apply(edited(at_price(BUN, 160)), (1, 1))
    local = local.apply(priced("bun", 170), (1, 2))
    assert prices(FIRST, local)["bun"] == 170
    local = local.apply(edited(at_price(BUN, 140)), (1, 3))
    assert prices(FIRST, local)["bun"] == 140


def test_a_change_of_an_older_epoch_is_older_however_high_its_number():
    local = HUNG.apply(edited(at_price(WATER, 190)), (1, 900))
    now = in_effect(Published(2, (WATER, TEA), 2, 3), local)
    assert now.waiting == {"water": 180}


def test_a_barcode_that_both_gave_away_stays_with_the_product_that_was_edited_here():
    here = Product("kefir-1", {"kk": "Айран"}, 300, codes=("04870000000013",))
    there = Product("kefir", {"kk": "Айран"}, 290, codes=("04870000000013",))
    now = in_effect(Published(2, (WATER, there)), HUNG.apply(edited(here), (1, 4)))
    found = now.catalogue.by_code("04870000000013")
    assert found is not None
    assert found.product_id == "kefir-1"
    assert now.catalogue.by_id("kefir") is not None


def test_other_entries_change_nothing_but_how_far_was_looked():
    looked = HUNG.apply(Boot("x"), (1, 9))
    assert msgspec.structs.replace(looked, epoch=0, seq=0) == HUNG
    assert (looked.epoch, looked.seq) == (1, 9)


def test_an_edit_here_keeps_a_price_from_the_centre_waiting():
    second = Published(2, (at_price(WATER, 200), TEA))
    sold_out = msgspec.structs.replace(WATER, status=Status.SOLD_OUT)
    local = HUNG.apply(edited(sold_out), (1, 6))
    now = in_effect(second, local)
    assert now.waiting == {"water": 200}
    water = now.catalogue.by_id("water")
    assert water is not None
    assert (water.price_tenge, water.status) == (180, Status.SOLD_OUT)
    urgent = Published(3, (at_price(WATER, 200), TEA), urgent=("water",))
    assert prices(urgent, local)["water"] == 200
