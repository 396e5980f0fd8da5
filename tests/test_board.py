"""Posts are shown on their days, from files that are whole; a damaged one comes again."""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.board import CAMPAIGNS_FILE, CAMPAIGNS_MAX, REPLIES_FILE, Board
from kiosk.from_centre import FromCentre

NAME = "p-0123456789ab"
PICTURE = b"any bytes; the centre's name for them is their sum"
TODAY = date(2026, 11, 21)
NOON_MS = 1_795_244_400_000  # 2026-11-21T07:00Z


def campaign(
    first: int, last: int, line: str = "", picture: str | None = None
) -> dict[str, object]:
    days = [(TODAY + timedelta(days=back)).isoformat() for back in (first, last)]
    lines = {"kk": line} if line else {}
    return {
        "campaign_id": "c",
        "from_day": days[0],
        "to_day": days[1],
        "lines": lines,
        "picture": picture,
    }


def keep(kept: FromCentre, *campaigns: dict[str, object]) -> None:
    pictures = (
        {NAME: hashlib.sha256(PICTURE).hexdigest()}
        if any(one["picture"] for one in campaigns)
        else {}
    )
    document = {"tag": "t1", "campaigns": campaigns, "pictures": pictures}
    kept.keep_campaigns(json.dumps(document).encode())


def board(directory: Path) -> Board:
    made = Board(directory)
    made.load()
    return made


def lines(made: Board, day: date = TODAY) -> list[str]:
    return [post.line_in("ru") for post in made.on(day)]


def test_a_campaign_is_shown_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    keep(FromCentre(tmp_path), campaign(0, 2, "now"), campaign(2, 3, "soon"))
    made = board(tmp_path)
    shown = [lines(made, TODAY + timedelta(days=after)) for after in (-1, 0, 2, 3, 4)]
    assert shown == [[], ["now"], ["now", "soon"], ["soon"], []]


def test_a_poster_is_shown_only_as_the_centre_sent_it(tmp_path: Path) -> None:
    kept = FromCentre(tmp_path)
    keep(kept, campaign(0, 0, "words", NAME), campaign(0, 0, "", NAME))
    assert [post.picture for post in board(tmp_path).on(TODAY)] == [""], "it is not here yet"
    kept.keep_picture(NAME, PICTURE)
    assert [post.picture for post in board(tmp_path).on(TODAY)] == [NAME, NAME]
    assert kept.campaigns_tag() == "t1"
    (tmp_path / "pictures" / f"{NAME}.png").write_bytes(PICTURE[:-1] + b"!")
    assert [post.picture for post in board(tmp_path).on(TODAY)] == [""]
    assert kept.campaigns_tag() == "", "so that it is fetched again"


def test_no_more_hangs_there_than_somebody_waits_for(tmp_path: Path) -> None:
    many = [campaign(0, 0, f"line {number}") for number in range(CAMPAIGNS_MAX + 2)]
    keep(FromCentre(tmp_path), *many)
    assert len(lines(board(tmp_path))) == CAMPAIGNS_MAX


def test_a_reply_is_news_for_a_month_and_long_ones_end_at_a_word(tmp_path: Path) -> None:
    reply = {
        "suggestion_id": "s",
        "received_ms": 1,
        "answered_ms": NOON_MS,
        "reply": {"kk": "сөз " * 200},
        "words": "тілек " * 50,
    }
    document = {"tag": "r1", "replies": [reply]}
    kept = FromCentre(tmp_path)
    kept.keep_replies(json.dumps(document).encode())
    assert kept.replies_tag() == "r1"
    made = board(tmp_path)
    (post,) = made.on(TODAY + timedelta(days=30))
    assert post.is_reply
    assert post.line_in("kk").endswith("сөз…")
    assert len(post.words) <= 90
    assert made.on(TODAY + timedelta(days=31)) == ()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"campaigns":[{"from_day":"x"}]}', b"\xff"]
)
def test_a_damaged_file_leaves_the_screen_as_it_is_without_posts(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / CAMPAIGNS_FILE).write_bytes(content)
    (tmp_path / REPLIES_FILE).write_bytes(content)
    assert board(tmp_path).on(TODAY) == ()


def test_replies_are_asked_for_now_and_then(tmp_path: Path) -> None:
    now_s = 0.0
    kept = FromCentre(tmp_path, monotonic_s=lambda: now_s)
    assert kept.wants_replies()
    assert not kept.wants_replies()
    now_s = 601.0
    assert kept.wants_replies()
