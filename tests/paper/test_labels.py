"""Tags, printed: what the kiosk's own scanner reads from them, and what a person does."""

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.money import format_tenge
from kiosk.domain.products import Product
from kiosk.paper.fonts import PaperError, ruler_of
from kiosk.paper.labels import GEOMETRIES, Layout, Tag, tag_alone, tag_of, tag_pages, tag_sheet
from kiosk.paper.marks import Block, Words
from tests.paper.reading import (
    DPI,
    FONTS,
    KAZAKH,
    codes_in,
    ean8,
    ean13,
    opened,
    tags_of,
    units,
    upca,
    words_of,
)

WATER = Tag({"kk": "Ауыз суы 0,5 л", "ru": "Вода 0,5 л"}, 180, "04870001157937")
LONG = Tag(
    {
        "kk": "Қазақша ұлттық тағам жиынтығы, ірімшік пен құрт қосылған, 12 дана, " * 3,
        "ru": "Набор",
    },
    1_234_567,
    "02000000000015",
)
BOTH = ("kk", "ru")

names = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=200
).filter(str.strip)
texts = st.one_of(names, st.text(KAZAKH + " ", min_size=1, max_size=120).filter(str.strip))


def tags_with(codes):
    return [Tag({"kk": f"Тауар {n}", "ru": f"Товар {n}"}, 10 + n, c) for n, c in enumerate(codes)]


@pytest.mark.parametrize("layout", list(Layout))
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_every_tag_is_read_back_as_itself_from_the_printer_s_dots(layout, data):
    codes = data.draw(st.lists(units, min_size=24, max_size=40))
    pdf = tag_sheet(tags_with(codes), layout, BOTH, FONTS)
    read = [codes_in(picture) for picture in tags_of(pdf, layout)]
    assert read[: len(codes)] == [{code} for code in codes]


@pytest.mark.parametrize("numbers", [ean13, ean8, upca], ids=["ean13", "ean8", "upca"])
@settings(max_examples=2, deadline=None)
@given(data=st.data())
def test_every_kind_of_number_is_read_back_from_the_roll(numbers, data):
    codes = data.draw(st.lists(numbers, min_size=30, max_size=30))
    pdf = tag_sheet(tags_with(codes), Layout.ROLL_58, ("kk",), FONTS)
    assert [codes_in(picture) for picture in tags_of(pdf, Layout.ROLL_58)] == [{c} for c in codes]


@pytest.mark.parametrize("layout", list(Layout))
def test_the_longest_names_and_prices_leave_the_barcode_readable(layout):
    pdf = tag_sheet([LONG], layout, BOTH, FONTS)
    assert codes_in(next(tags_of(pdf, layout))) == {LONG.gtin14}


@settings(max_examples=3, deadline=None)
@given(st.lists(st.integers(0, 99_999_999), min_size=20, max_size=40))
def test_the_price_stands_on_the_tag_as_it_is_written_on_the_screen(prices):
    tags = [Tag({"kk": "Нан"}, price_tenge) for price_tenge in prices]
    texts = words_of(tag_sheet(tags, Layout.ROLL_58, BOTH, FONTS))
    for price_tenge, text in zip(prices, texts, strict=True):
        assert format_tenge(price_tenge).replace("\u00a0", " ") in text.splitlines()


def test_every_kazakh_letter_is_there_and_drawn_unlike_any_other():
    tag = Tag({"kk": KAZAKH, "ru": "Ёжик, щётка"}, 5)
    letters = [Tag({"kk": letter}, 5) for letter in f"{KAZAKH}?"]
    pdf = tag_sheet([tag, *letters], Layout.ROLL_58, BOTH, FONTS)
    text = words_of(pdf)[0]
    assert KAZAKH in text
    assert "Ёжик, щётка" in text
    assert "5 ₸" in text
    drawings = {picture.tobytes() for picture in tags_of(pdf, Layout.ROLL_58)}
    assert len(drawings) == 1 + len(letters)


@settings(max_examples=40, deadline=None)
@given(texts, texts, st.integers(0, 99_999_999), st.sampled_from(list(Layout)), st.booleans())
def test_no_name_is_cut_and_nothing_leaves_its_tag(kk, ru, price_tenge, layout, has_code):
    tag = Tag({"kk": kk, "ru": ru}, price_tenge, "04870001157937" if has_code else None)
    ruler = ruler_of(FONTS)
    page = tag_alone(tag, layout, BOTH, ruler)
    words = [mark for mark in page.marks if isinstance(mark, Words)]
    printed = "".join(mark.text for mark in words)
    for name in {kk, ru}:
        wanted = "".join(ruler.printable(name).split())
        assert wanted in "".join(printed.split())
    geometry = GEOMETRIES[layout]
    for mark in words:
        width_mm = ruler.width(mark.text, bold=mark.bold) * mark.size_mm
        assert mark.x_mm >= geometry.side_mm - 1e-6
        assert mark.x_mm + width_mm <= page.width_mm - geometry.side_mm + 1e-6
        assert mark.baseline_mm <= page.height_mm - geometry.end_mm + 1e-6
        assert mark.baseline_mm - 0.71 * mark.size_mm >= geometry.end_mm - 1e-6


@settings(max_examples=40, deadline=None)
@given(texts, texts, st.integers(0, 99_999_999), st.sampled_from(list(Layout)))
def test_names_price_and_barcode_do_not_touch_one_another(kk, ru, price_tenge, layout):
    tag = Tag({"kk": kk, "ru": ru}, price_tenge, "04870001157937")
    page = tag_alone(tag, layout, BOTH, ruler_of(FONTS))
    bars_top_mm = min(mark.y_mm for mark in page.marks if isinstance(mark, Block))
    price = next(
        mark
        for mark in page.marks
        if isinstance(mark, Words)
        and mark.text.endswith("₸")
        and mark.bold
        and mark.text == format_tenge(price_tenge)
    )
    above = [
        mark.baseline_mm
        for mark in page.marks
        if isinstance(mark, Words) and mark.baseline_mm < price.baseline_mm
    ]
    assert price.baseline_mm < bars_top_mm
    assert max(above) < price.baseline_mm - 0.71 * price.size_mm


@settings(max_examples=30)
@given(st.integers(0, 130), st.sampled_from(list(Layout)))
def test_as_many_pages_as_the_tags_need(count, layout):
    pages = list(tag_pages([WATER] * count, layout, BOTH, ruler_of(FONTS)))
    prices = sum(
        mark.text == format_tenge(180)
        for page in pages
        for mark in page.marks
        if isinstance(mark, Words)
    )
    assert prices == count
    assert len(pages) == max(1, GEOMETRIES[layout].pages(count))


@pytest.mark.parametrize(
    ("layout", "width_mm", "height_mm"),
    [(Layout.SHEET_24, 210, 297), (Layout.SHEET_40, 210, 297), (Layout.ROLL_58, 58, 40)],
)
def test_pages_have_the_size_of_the_paper(layout, width_mm, height_mm):
    with opened(tag_sheet([WATER], layout, BOTH, FONTS)) as document:
        size_mm = [round(side * 25.4 / 72, 1) for side in document[0].get_size()]
    assert size_mm == [width_mm, height_mm]


@pytest.mark.parametrize("layout", list(Layout))
def test_tags_tile_the_sheet_and_keep_off_what_a_printer_cannot_reach(layout):
    geometry = GEOMETRIES[layout]
    assert geometry.module_mm >= 0.264
    assert geometry.rows * geometry.tag_height_mm <= geometry.page_height_mm
    boxes = [geometry.place(number) for number in range(geometry.per_page)]
    for box in boxes:
        assert box.x_mm >= geometry.side_mm
        assert box.right_mm <= geometry.page_width_mm - geometry.side_mm + 1e-9
        assert box.y_mm >= geometry.edge_mm - 1e-9
        assert box.bottom_mm <= geometry.page_height_mm - geometry.edge_mm + 1e-9
    for number, box in enumerate(boxes):
        for other in boxes[number + 1 :]:
            beside = box.right_mm <= other.x_mm or other.right_mm <= box.x_mm
            assert beside or box.bottom_mm <= other.y_mm


def test_white_stays_beside_the_bars():
    for picture in tags_of(tag_sheet([WATER] * 3, Layout.ROLL_58, BOTH, FONTS), Layout.ROLL_58):
        bars_row = picture[int(picture.shape[0] * 0.7)]
        dark = np.flatnonzero(bars_row < 128)
        module_px = GEOMETRIES[Layout.ROLL_58].module_mm * DPI[Layout.ROLL_58] / 25.4
        assert dark[0] >= 11 * module_px
        assert picture.shape[1] - dark[-1] >= 7 * module_px


def test_a_product_without_a_barcode_has_a_tag_without_one():
    samsa = Product("samsa", {"kk": "Самса", "ru": "Самса"}, 250)
    tag = tag_of(samsa)
    assert tag.gtin14 is None
    pdf = tag_sheet([tag], Layout.SHEET_24, BOTH, FONTS)
    assert [codes_in(p) for p in tags_of(pdf, Layout.SHEET_24)] == [set()] * 24
    assert words_of(pdf)[0].count("Самса") == 1, "the same name stands there once"


def test_the_new_price_and_the_code_of_a_single_pack_stand_on_the_tag():
    case, unit = "14870001157934", "04870001157937"
    product = Product("water", {"kk": "Су"}, 180, codes=(case, unit))
    tag = tag_of(product, 210)
    assert (tag.price_tenge, tag.gtin14) == (210, unit)


def test_a_missing_language_falls_back_to_a_name_there_is():
    [text] = words_of(tag_sheet([Tag({"en": "Bread"}, 150)], Layout.ROLL_58, BOTH, FONTS))
    assert "Bread" in text


def test_a_letter_that_the_fonts_lack_is_a_question_mark_and_no_empty_box():
    [text] = words_of(tag_sheet([Tag({"kk": "茶 шай"}, 150)], Layout.ROLL_58, BOTH, FONTS))
    assert "? шай" in text


def test_no_tags_at_all_give_a_sheet_without_one():
    with opened(tag_sheet([], Layout.SHEET_24, BOTH, FONTS)) as document:
        assert len(document) == 1


def test_missing_fonts_say_what_to_do(tmp_path):
    with pytest.raises(PaperError, match="install Adal anew"):
        tag_sheet([WATER], Layout.ROLL_58, BOTH, tmp_path)


def test_a_thousand_tags_are_one_file():
    pdf = tag_sheet([WATER, LONG] * 500, Layout.SHEET_24, BOTH, FONTS)
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 42
    document.close()
    assert len(pdf) < 2_000_000
