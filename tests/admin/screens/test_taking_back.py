"""What a volunteer is told when he takes a sale back: nothing that might be wrong to do."""

import pytest

from kiosk.admin.pages import Page
from kiosk.domain.entries import Correction
from kiosk.screens.tr import tr
from tests.admin.money_room import services_in
from tests.admin.visit_shop import water_sale

pytestmark = pytest.mark.window

UNPAID = "If nobody paid for this sale, leave the box as it is and skip what follows."
GOODS = "Put the items back on the shelf, if they are good."


@pytest.fixture
def office(window, tmp_path):
    from tests.admin.screens.driver import OfficeKiosk

    kiosk = OfficeKiosk(tmp_path, **services_in(tmp_path))
    kiosk.count_box(n1000=4, c100=40)
    yield kiosk
    kiosk.close()


def test_only_where_nobody_may_have_paid_it_is_said_to_leave_the_box_alone(office):
    (sold,) = office.room.write(water_sale("once", 2))
    office.come_in(Page.RECEIPT).find(sold.receipt)
    office.settle()
    office.tap("done")
    for reason, wanted in (
        ("mistake", {GOODS, UNPAID}),
        ("wrong_price", {GOODS}),
        ("faulty", {GOODS}),
        ("twice", {UNPAID}),
    ):
        office.tap(reason)
        shown = office.text_on_screen()
        assert {text for text in (GOODS, UNPAID) if tr._(text) in shown} == wanted, reason
        if reason != "twice":
            office.tap("back")
    office.tap("done")
    office.settle()
    assert [correction.reason for correction in office.written(Correction)] == ["registered twice"]
