"""A real centre and a real kiosk: what an office publishes hangs on the start screen, offline too."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from kiosk.admin.pins import PinBook
from kiosk.domain.ledger import day_of
from kiosk.enrolling import enrol_kiosk
from tests.sync.harness import SLUG, RunningServer, migrated_sqlite_url, running
from tests.web.people import Browser, logged_in
from tests.web.test_catalogue_pages import send

pytestmark = pytest.mark.window

LINE = "Кітап күні"
WISH = "Су алыңызшы"
ANSWER = "Су келеді"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningServer]:
    """Give a running server with one shop."""
    with running(migrated_sqlite_url(tmp_path)) as server:
        server.add_shop()
        yield server


def poster() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (640, 640), "#0B727C").save(made, "PNG")
    return made.getvalue()


def publish(person: Browser, today, *, first: int, last: int, line: str) -> None:
    days = {
        "from_day": (today + timedelta(days=first)).isoformat(),
        "to_day": (today + timedelta(days=last)).isoformat(),
    }
    person.get("/catalogue/campaigns")
    answer = send(
        person,
        "/catalogue/campaigns",
        "picture_file",
        ("poster.png", poster()),
        place="region:47",
        line_kk=line,
        **days,
    )
    assert answer.status_code in (200, 303), answer.text


def answer_suggestions(person: Browser, kiosk_id: str, suggestion_id: str) -> None:
    address = f"/suggestions/{SLUG}/{kiosk_id}/{suggestion_id}"
    person.get(address)
    person.post(address, do="answer", reply_kk=ANSWER)
    person.post(address, do="show", reply="1", words="1")


def test_a_campaign_and_an_answer_are_shown_between_their_days_and_without_a_network(
    window: None, tmp_path: Path, centre: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk import app, from_centre
    from kiosk.domain.entries import Suggestion
    from kiosk.views import Screen
    from tests.admin.screens.test_from_the_centre import WholeKiosk

    monkeypatch.setattr(app, "READY_AFTER_S", 3600.0)  # WholeKiosk starts the other parts itself
    monkeypatch.setattr(from_centre, "REPLIES_EVERY_S", 0.0)
    folder = tmp_path / "kiosk"
    folder.mkdir()
    PinBook(folder).add("Ерлан", "161803")  # or the first start's pages lie over all
    enrol_kiosk(folder, centre.url, centre.code())
    person = logged_in(centre)
    kiosk = WholeKiosk(folder)
    try:
        kiosk.draw_until(lambda: kiosk.kiosk.uploader is not None)
        kiosk.till.begin()
        kiosk.till.open_suggest()
        kiosk.till.send_suggestion(WISH)
        kiosk.draw_until(lambda: kiosk.till.state.screen is not Screen.SUGGEST)
        kiosk.till.cancel()
        (wish,) = kiosk.bodies(Suggestion)
        journal = kiosk.kiosk.journal.opened
        kiosk.draw_until(lambda: not journal.pending_suggestions())
        answer_suggestions(person, journal.identity.kiosk_id, wish.suggestion_id)
        today = day_of(kiosk.kiosk.now_ms())
        publish(person, today, first=-1, last=3, line=LINE)
        publish(person, today, first=2, last=3, line="Ертең")
        kiosk.draw_until(lambda: LINE in kiosk.text_on_screen())
        board = kiosk.root.view(Screen.START).ids.board
        assert board.picture_texture is not None
        assert board.picture_texture.size == (512, 512)
        kiosk.draw_until(lambda: len(kiosk.till.state.posts) == 2)
        answered = kiosk.till.state.posts[1]
        assert (answered.is_reply, answered.line_in("kk"), answered.words) == (True, ANSWER, WISH)
    finally:
        kiosk.close()
    centre.stop()
    kiosk = WholeKiosk(folder)  # there is no centre any more
    try:
        kiosk.draw_until(lambda: LINE in kiosk.text_on_screen())
        assert kiosk.root.view(Screen.START).ids.board.picture_texture is not None
        days_later = kiosk.kiosk.board.on(today + timedelta(days=2))
        assert [post.line_in("kk") for post in days_later] == [LINE, "Ертең", ANSWER]
        later = kiosk.kiosk.board.on(today + timedelta(days=4))
        assert [post.line_in("kk") for post in later] == [ANSWER]
    finally:
        kiosk.close()
