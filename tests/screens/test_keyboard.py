"""The touch keyboard's layouts and typing, without a window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.keyboard_layouts import LAYOUTS, SIGNS, Typing, begins_sentence, layout_for

KAZAKH_LETTERS = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
RUSSIAN_LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LATIN_LETTERS = "abcdefghijklmnopqrstuvwxyz"
ROOM_FOR_KEYS = 12

taps = st.lists(
    st.one_of(
        st.sampled_from(["erase", "capital", "signs", "layout"]),
        st.integers(min_value=0, max_value=99),
    ),
    max_size=60,
)


def characters_of(typing: Typing) -> str:
    return "".join(typing.rows)


def press(typing: Typing, tap: int | str) -> Typing:
    match tap:
        case "erase":
            return typing.erase()
        case "capital":
            return typing.press_capital()
        case "signs":
            return typing.press_signs()
        case "layout":
            return typing.press_layout()
    keys = characters_of(typing)
    return typing.type(keys[int(tap) % len(keys)])


@pytest.mark.parametrize(
    ("language", "letters"),
    [("kk", KAZAKH_LETTERS), ("ru", RUSSIAN_LETTERS), ("en", LATIN_LETTERS)],
)
def test_every_letter_of_a_language_has_one_key(language, letters):
    typed = [c for row in LAYOUTS[language] for c in row if c.isalpha()]
    assert sorted(typed) == sorted(letters)


@pytest.mark.parametrize("language", LAYOUTS)
def test_digits_and_marks_are_at_most_one_key_away(language):
    typing = Typing(layout=language)
    reach = characters_of(typing) + characters_of(typing.press_signs())
    assert set("0123456789.,?!:;-₸№") <= set(reach)


@pytest.mark.parametrize("rows", [*LAYOUTS.values(), SIGNS])
def test_all_layouts_have_the_same_rows_and_room_for_large_keys(rows):
    assert len(rows) == 4
    assert max(map(len, rows)) <= ROOM_FOR_KEYS
    assert all(len(set(row)) == len(row) for row in rows)


def test_a_sentence_begins_with_a_capital_and_goes_on_without():
    typing = Typing(layout="kk")
    for character in "Су":
        assert character in characters_of(typing)
        typing = typing.type(character)
    for character in ". ":
        typing = typing.type(character)
    assert "Н" in characters_of(typing)
    assert "н" in characters_of(typing.type("Н"))


def test_a_dot_inside_a_number_asks_for_no_capital():
    assert not begins_sentence("0.")
    assert not begins_sentence("0.5 ")
    assert begins_sentence("")
    assert begins_sentence("Рахмет! ")


def test_capitals_hold_for_one_letter_and_can_be_put_off():
    typing = Typing(text="су", capital=False).press_capital()
    assert typing.type("Ә").capital is False
    assert typing.press_capital().capital is False


def test_another_language_keeps_the_text_and_leads_back_to_the_letters():
    typing = Typing(text="су 0,5", layout="kk", signs=True)
    assert typing.in_language("ru").text == "су 0,5"
    assert typing.in_language("ru").rows == Typing(layout="ru", capital=True).rows
    assert typing.press_layout().layout == "ru"


def test_switching_goes_round_all_layouts():
    typing = Typing(layout="kk")
    seen = []
    for _ in LAYOUTS:
        seen.append(typing.layout)
        typing = typing.press_layout()
    assert sorted(seen) == sorted(LAYOUTS)
    assert typing.layout == "kk"


def test_a_language_without_letters_of_its_own_types_latin():
    assert layout_for("de") == "en"


def test_a_full_text_takes_nothing_more_but_can_be_shortened():
    typing = Typing(text="абв", length_max=3)
    assert typing.is_full
    assert typing.type("г") == typing
    assert typing.erase().type("г").text == "абг"


def test_a_text_from_outside_is_cut_to_the_room_there_is():
    assert Typing(length_max=5).with_text("а" * 9).text == "ааааа"


@given(taps)
def test_whatever_is_tapped_the_text_fits_and_erasing_takes_one_away(sequence):
    typing = Typing(length_max=20)
    for tap in sequence:
        before, typing = typing, press(typing, tap)
        assert len(typing.text) <= 20
        assert abs(len(typing.text) - len(before.text)) <= 1
        if tap == "erase":
            assert typing.text == before.text[:-1]
        elif isinstance(tap, str):
            assert typing.text == before.text
