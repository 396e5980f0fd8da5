"""States of the page about what shoppers say, made by hand."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.admin.voices import Call, GivenUp, VoicesState, VoiceTab, Words
from kiosk.domain.products import Product

_NOW_MS = 1_795_257_000_000
_DAY_MS = 86_400_000
_COUNTS = {VoiceTab.WORDS: 5, VoiceTab.GIVEN_UP: 6, VoiceTab.HELP: 3}


def examples(_products: dict[str, Product], _language: str) -> Iterator[tuple[str, VoicesState]]:
    """Each list, a question, and nothing at all."""
    long = (
        "Сделайте, пожалуйста, чтобы по утрам была свежая самса и чтобы в ящике всегда были "
        "монеты по двадцать тенге: сдачи часто нет, и приходится платить по QR."
    )
    words = (
        Words("a", _NOW_MS, "kk", "Нан мен сүт болса екен.", is_sent=True),
        Words("b", _NOW_MS - _DAY_MS, "ru", long),
        Words("c", _NOW_MS - 3 * _DAY_MS, "ru", None),
    )
    yield "words", VoicesState(VoiceTab.WORDS, True, _COUNTS, words, 0, 2)
    asked = VoicesState(VoiceTab.WORDS, True, _COUNTS, words, 0, 2, asking=words[1])
    yield "asking", asked
    given_up = (
        GivenUp(_NOW_MS, 1260, "cash", True, 1500, (("n1000", 1), ("n500", 1))),
        GivenUp(_NOW_MS - _DAY_MS, 360, "qr", False, 0),
        GivenUp(_NOW_MS - 2 * _DAY_MS, 250, "cash", False, 300, (("c100", 3),)),
        GivenUp(_NOW_MS - 9 * _DAY_MS, 12_450, "cash", True, 0),
    )
    yield "given-up", VoicesState(VoiceTab.GIVEN_UP, True, _COUNTS, given_up, 1, 2)
    calls = (
        Call(_NOW_MS, "cash", "ru"),
        Call(_NOW_MS - _DAY_MS, "basket", "kk"),
        Call(_NOW_MS - 8 * _DAY_MS, "suggest", "en"),
    )
    yield "help", VoicesState(VoiceTab.HELP, True, _COUNTS, calls)
    yield "nothing", VoicesState(VoiceTab.WORDS, True, dict.fromkeys(VoiceTab, 0))
