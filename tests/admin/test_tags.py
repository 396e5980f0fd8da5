"""Prices from the centre that wait for their paper tags."""

import pytest
from msgspec.structs import replace

from kiosk.admin.pages import Page
from kiosk.admin.tags import Note
from kiosk.domain.entries import PriceChange
from tests.admin.back_room import published
from tests.till.shop import CATALOGUE


def publish(room, version, **prices):
    products = [
        replace(p, price_tenge=prices.get(p.product_id, p.price_tenge)) for p in CATALOGUE.products
    ]
    room.shelf.publish(published(products, version))


def waiting(desk):
    return {
        tag.product.product_id: (tag.product.price_tenge, tag.price_tenge)
        for tag in desk.state.tags
    }


@pytest.fixture
def dearer(back_room):
    publish(back_room, 2)  # from here on the shelf knows what hangs on it
    publish(back_room, 3, water=200, tea=380)
    return back_room


def test_changed_prices_wait_with_old_and_new_and_all_are_chosen(dearer):
    desk = dearer.open(Page.TAGS)
    assert waiting(desk) == {"water": (180, 200), "tea": (350, 380)}
    assert desk.state.all_chosen
    assert dearer.product("water").price_tenge == 180


def test_confirmed_tags_are_in_effect_and_the_others_wait_on(dearer):
    desk = dearer.open(Page.TAGS)
    desk.toggle("tea")
    desk.confirm()
    desk.confirm()
    dearer.settle()
    (change,) = dearer.bodies(PriceChange)
    assert (change.why, change.by) == ("tags", "v1")
    assert [(x.product_id, x.price_tenge, x.before_tenge) for x in change.lines] == [
        ("water", 200, 180)
    ]
    assert dearer.product("water").price_tenge == 200
    assert dearer.product("tea").price_tenge == 350
    assert waiting(desk) == {"tea": (350, 380)}
    assert (dearer.notes, dearer.heard[-1].values) == ([Note.CONFIRMED], {"n": 1})


def test_the_chosen_ones_go_to_the_printer_and_the_choice_is_still_there_afterwards(dearer):
    desk = dearer.open(Page.TAGS)
    desk.toggle("water")
    desk.print_tags()
    assert dearer.page is Page.LABELS
    assert dearer.office.desk(Page.LABELS) is not None
    dearer.office.back()
    assert desk.state.chosen == {"tea"}


def test_what_is_printed_are_the_chosen_ids_in_the_order_of_the_list(dearer, monkeypatch):
    went = []
    monkeypatch.setattr(dearer.office, "go", lambda page, argument=None: went.append(argument))
    desk = dearer.office.desk(Page.TAGS)
    desk.open()
    desk.print_tags()
    assert went == [("water", "tea")]


def test_all_or_none_by_one_touch_and_none_confirms_nothing(dearer):
    desk = dearer.open(Page.TAGS)
    desk.toggle_all()
    assert desk.state.chosen == frozenset()
    desk.confirm()
    desk.print_tags()
    dearer.settle()
    assert dearer.bodies(PriceChange) == []
    assert dearer.page is Page.TAGS
    desk.toggle_all()
    assert desk.state.all_chosen


def test_a_version_that_came_meanwhile_is_shown_before_anything_is_in_effect(dearer):
    desk = dearer.open(Page.TAGS)
    publish(dearer, 4, water=220, tea=380)
    desk.confirm()
    dearer.settle()
    assert dearer.bodies(PriceChange) == []
    assert dearer.notes == [Note.CHANGED_MEANWHILE]
    assert waiting(desk)["water"] == (180, 220)
    desk.confirm()
    dearer.settle()
    assert dearer.product("water").price_tenge == 220


def test_nothing_waits_when_nothing_changed(back_room):
    desk = back_room.open(Page.TAGS)
    assert desk.state.tags == ()
    desk.confirm()
    assert back_room.notes == []
