"""The demo's shop: what an earlier demo left behind is good enough to go on with."""

from kiosk.admin.pins import PinBook
from kiosk.demo import PIN, VOLUNTEER, set_up_shop
from kiosk.facts import ENROLMENT_FILE
from sync import enrolment
from sync.enrolment import Enrolment
from sync.wire import ShopMessage

ADDRESS = "http://127.0.0.1:8484"
ENROLLED = Enrolment(
    ADDRESS, "kiosk", 1, "00", ShopMessage(1, "demo", "Demo"), "token", "approved", 0
)


def test_a_demo_of_before_volunteers_had_pins_lets_one_in_and_only_once(tmp_path):
    kiosk = tmp_path / "kiosk"
    kiosk.mkdir()
    enrolment.save(ENROLLED, kiosk / ENROLMENT_FILE)
    for _start in range(2):
        set_up_shop(tmp_path / "centre", kiosk, ADDRESS)
    book = PinBook(kiosk)
    assert [known.name for known in book.volunteers] == [VOLUNTEER]
    assert book.try_pin(PIN).volunteer is not None


def test_a_demo_follows_its_server_to_another_port(tmp_path):
    kiosk = tmp_path / "kiosk"
    kiosk.mkdir()
    enrolment.save(ENROLLED, kiosk / ENROLMENT_FILE)
    set_up_shop(tmp_path / "centre", kiosk, "http://127.0.0.1:9000")
    moved = enrolment.load(kiosk / ENROLMENT_FILE)
    assert (moved.server_url, moved.token) == ("http://127.0.0.1:9000", "token")
