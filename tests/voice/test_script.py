"""What each screen says aloud, in the shopper's language."""

from dataclasses import replace
from pathlib import Path

from kiosk.domain.basket import EMPTY_BASKET, product_line
from kiosk.domain.money import Pieces
from kiosk.domain.products import Product
from kiosk.domain.tender import advise
from kiosk.i18n import Texts
from kiosk.views import Notice, Said, Screen, TillState, Voice
from kiosk.voice.guide import VoiceGuide
from kiosk.voice.script import prompt
from tests.till.shop import KINDS

TEXTS = Texts(Path(__file__).parents[2] / "assets" / "locale")
WATER = Product("water", {"kk": "Су", "ru": "Вода"}, 1250, "drinks")
START = TillState(language="ru", voice=Voice.ON)


def in_russian(before: TillState | None, now: TillState) -> str:
    return prompt(before, now, TEXTS.in_language(now.language).gettext)


def paying(tapped: dict[str, int], box: dict[str, int]) -> TillState:
    pieces, held = Pieces.from_codes(tapped), Pieces.from_codes(box)
    basket = EMPTY_BASKET.add(product_line(WATER, None))
    advice = advise(1250, pieces, held, KINDS)
    return replace(START, screen=Screen.CASH, basket=basket, due_tenge=1250, advice=advice)


def test_a_screen_says_what_it_asks_and_says_it_once():
    basket = replace(START, screen=Screen.BASKET)
    assert in_russian(None, START).startswith("Добро пожаловать!")
    assert in_russian(START, basket) == "Покажите штрихкод камере."
    assert in_russian(basket, replace(basket, collected_tenge=5)) == ""


def test_every_screen_has_words_in_every_language():
    for language in ("kk", "ru", "en"):
        for screen in Screen:
            assert in_russian(None, replace(START, screen=screen, language=language)), screen


def test_an_item_is_said_with_its_price_and_the_sum_as_plain_digits():
    before = replace(START, screen=Screen.BASKET)
    basket = EMPTY_BASKET.add(product_line(WATER, None)).add(product_line(WATER, None))
    said = Said(Notice.ADDED, 1, "Вода", basket.lines[0].key)
    after = replace(before, basket=basket, said=said, due_tenge=2500)
    assert in_russian(before, after) == "Вода. 1250 тенге. Итого: 2500 тенге."


def test_money_is_said_piece_by_piece():
    nothing = paying({}, {"n500": 2, "c200": 3, "c50": 2})
    missing = paying({"n1000": 1}, {"n500": 2, "c200": 3, "c50": 2})
    change = paying({"n2000": 1}, {"n500": 2, "c200": 3, "c50": 2})
    none = paying({"n2000": 1}, {"n1000": 2})
    even = paying({"n1000": 1, "c200": 1, "c50": 1}, {})
    assert in_russian(START, nothing).startswith("К оплате: 1250 тенге.")
    assert in_russian(nothing, missing) == "Не хватает: 250 тенге."
    assert in_russian(missing, change) == (
        "Положите деньги в ящик. Ваша сдача: 750 тенге. Возьмите из ящика: "
        "Купюра 500 тенге: 1. Монета 200 тенге: 1. Монета 50 тенге: 1."
    )
    assert in_russian(change, none).startswith("В ящике нет точной сдачи: 750 тенге")
    assert in_russian(none, even).endswith("Без сдачи.")


def test_the_idle_warning_is_said_once_though_it_counts_down():
    basket = replace(START, screen=Screen.BASKET)
    warned = replace(basket, idle_left_s=20)
    assert in_russian(basket, warned) == "Вы ещё здесь?"
    assert in_russian(warned, replace(warned, idle_left_s=19)) == ""


class Heard:
    """What a speaker was given."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.hushed = 0

    def say(self, text: str, language: str) -> None:
        self.said.append((text, language))

    def hush(self) -> None:
        self.hushed += 1

    def stop(self) -> None:
        self.hushed += 1


def test_the_guide_speaks_only_while_it_is_wanted_and_follows_the_language():
    heard = Heard()
    guide = VoiceGuide(heard, TEXTS)
    guide.hear(replace(START, voice=Voice.OFF), lambda said: "")
    assert heard.said == []
    guide.hear(START, lambda said: "")
    guide.hear(replace(START, language="kk"), lambda said: "")
    assert [language for _, language in heard.said] == ["ru", "kk"]
    guide.hear(replace(START, voice=Voice.OFF), lambda said: "")
    assert heard.hushed == 1


def test_notices_are_said_as_the_screens_word_them():
    heard = Heard()
    guide = VoiceGuide(heard, TEXTS)
    guide.hear(START, lambda said: "")
    called = replace(START, said=Said(Notice.HELP_CALLED, 7))
    guide.hear(called, lambda said: f"notice {said.notice}.")
    assert heard.said[-1][0].strip() == "notice help_called."
    guide.hear(replace(called, collected_tenge=1), lambda said: "again")
    assert len(heard.said) == 2
