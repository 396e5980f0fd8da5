"""What hangs on the start screen: campaigns between their days, replies to suggestions.

Both are files beside the journal, as they came from the centre, so they hang there without a
network too. They are read again when something came; which of them are shown is a question of the
day alone. A poster is shown only while its file is the very picture that the centre named.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from kiosk.domain.ledger import day_of
from kiosk.facts import PICTURES_FOLDER
from kiosk.views import Post

CAMPAIGNS_FILE = "campaigns.json"
REPLIES_FILE = "replies.json"
CAMPAIGNS_MAX = 6
REPLIES_MAX = 3
REPLIES_FOR_DAYS = 30
"""An answer is news for a month; later it is found on the public page."""
LINE_LENGTH_MAX = 200
WORDS_LENGTH_MAX = 90
"""What is longer is cut at a word: nobody reads more while standing."""

log = logging.getLogger(__name__)

T = TypeVar("T")


class _Campaign(msgspec.Struct, frozen=True):
    from_day: date
    to_day: date
    lines: dict[str, str]
    picture: str | None = None


class _Campaigns(msgspec.Struct, frozen=True):
    campaigns: list[_Campaign] = []
    pictures: dict[str, str] = {}


class _Reply(msgspec.Struct, frozen=True):
    answered_ms: int
    reply: dict[str, str]
    words: str = ""


class _Replies(msgspec.Struct, frozen=True):
    replies: list[_Reply] = []


class Board:
    """The posts of one kiosk; loaded in any thread, read in the screens'."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._campaigns: tuple[tuple[_Campaign, Post], ...] = ()
        self._replies: tuple[tuple[date, Post], ...] = ()
        self._picked: tuple[date | None, tuple[Post, ...]] = (None, ())

    def load(self) -> None:
        """Reads the files again; what is damaged is not shown and comes again from the centre."""
        found = _read(self._directory / CAMPAIGNS_FILE, _Campaigns, _Campaigns())
        self._campaigns = tuple(
            (one, post)
            for one in found.campaigns
            if (post := self._poster(one, found.pictures)) is not None
        )
        answers = _read(self._directory / REPLIES_FILE, _Replies, _Replies()).replies
        self._replies = tuple((day_of(one.answered_ms), _answer(one)) for one in answers)
        self._picked = (None, ())

    def on(self, day: date) -> tuple[Post, ...]:
        """What is shown that day (at UTC+5): campaigns first, then the newest replies."""
        if self._picked[0] != day:
            self._picked = (day, tuple(self._pick(day)))
        return self._picked[1]

    def _pick(self, day: date) -> list[Post]:
        running = [post for one, post in self._campaigns if one.from_day <= day <= one.to_day]
        # No lower bound on the other side: a kiosk whose clock is behind shows them all the same.
        oldest = day - timedelta(days=REPLIES_FOR_DAYS)
        answered = [post for said, post in self._replies if said >= oldest and post.lines]
        return [*running[:CAMPAIGNS_MAX], *answered[:REPLIES_MAX]]

    def _poster(self, one: _Campaign, pictures: dict[str, str]) -> Post | None:
        """Without its picture where that is not here; None where nothing is left to show."""
        lines = {language: _cut(x, LINE_LENGTH_MAX) for language, x in one.lines.items() if x}
        name = one.picture or ""
        if name and not self._is_intact(name, pictures.get(name, "")):
            name = ""
        return Post(lines, name) if lines or name else None

    def _is_intact(self, name: str, sha256: str) -> bool:
        path = self._directory / PICTURES_FOLDER / f"{name}.png"
        try:
            is_intact = hashlib.sha256(path.read_bytes()).hexdigest() == sha256
            if not is_intact:
                log.warning("%s is damaged; it will be fetched again", path)
                path.unlink()
        except OSError:
            return False
        return is_intact


def _answer(one: _Reply) -> Post:
    lines = {language: _cut(x, LINE_LENGTH_MAX) for language, x in one.reply.items() if x}
    return Post(lines, is_reply=True, words=_cut(one.words, WORDS_LENGTH_MAX))


def _cut(text: str, length_max: int) -> str:
    text = " ".join(text.split())
    if len(text) <= length_max:
        return text
    return f"{text[: length_max - 1].rpartition(' ')[0] or text[: length_max - 1]}…"


def _read(path: Path, kind: type[T], none: T) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return none
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        log.warning("%s cannot be used: %s", path, error)
        return none
