"""The price list on A4."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.money import format_tenge
from kiosk.paper.fonts import ruler_of
from kiosk.paper.labels import Tag
from kiosk.paper.marks import Block, Words
from kiosk.paper.price_list import ListWords, price_list, price_list_pages
from tests.paper.reading import FONTS, codes_in, drawn, opened, units, words_of

BOTH = ("kk", "ru")
WORDS = ListWords(
    "Бағалар тізімі · Прайс-лист", "Адалдық дүкені · 21.11.2026", {"drinks": "Сусындар"}
)


def goods(count, category="drinks", code=None):
    return [
        Tag({"kk": f"Тауар {n}", "ru": f"Товар {n}"}, 100 + n, code, category) for n in range(count)
    ]


def plain(pdf):
    return "\n".join(words_of(pdf))


def test_names_prices_headings_title_and_day_stand_on_it():
    text = plain(price_list(goods(3) + goods(1, "bakery"), WORDS, BOTH, FONTS))
    for wanted in (
        "Бағалар тізімі",
        "Сусындар",
        "bakery",
        "Тауар 2",
        "Товар 2",
        "102 ₸",
        "21.11.2026",
    ):
        assert wanted in text


def test_one_language_gives_one_name_a_line():
    text = plain(price_list(goods(2), WORDS, ("ru",), FONTS))
    assert "Товар 1" in text
    assert "Тауар" not in text


def test_without_barcodes_there_are_none():
    with opened(price_list(goods(5, code="04870001157937"), WORDS, BOTH, FONTS)) as document:
        assert codes_in(drawn(document[0], 150)) == set()


@settings(max_examples=2, deadline=None)
@given(st.lists(units, min_size=1, max_size=12, unique=True))
def test_every_barcode_of_the_list_is_read_back(codes):
    tags = [Tag({"kk": f"Тауар {n}"}, 100, code, "drinks") for n, code in enumerate(codes)]
    with opened(price_list(tags, WORDS, BOTH, FONTS, with_barcodes=True)) as document:
        picture = drawn(document[0], 300)
    strips = [picture[y : y + 183] for y in range(0, picture.shape[0] - 183, 61)]
    assert set().union(*(codes_in(strip) for strip in strips)) == set(codes)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["drinks", "snacks", "bakery"]), st.integers(0, 60)), max_size=5
    ),
    st.booleans(),
)
def test_every_good_is_listed_once_and_nothing_runs_off_a_page(groups, with_barcodes):
    tags = [tag for category, count in groups for tag in goods(count, category, "04870001157937")]
    pages = price_list_pages(tags, WORDS, BOTH, ruler_of(FONTS), with_barcodes=with_barcodes)
    marks = [mark for page in pages for mark in page.marks]
    prices = [mark.text for mark in marks if isinstance(mark, Words) and mark.text.endswith("₸")]
    assert prices == [format_tenge(tag.price_tenge) for tag in tags]
    for mark in marks:
        bottom_mm = mark.baseline_mm if isinstance(mark, Words) else mark.y_mm + mark.height_mm
        assert 10 <= bottom_mm <= 297 - 10
        assert mark.x_mm >= 10


@settings(max_examples=20)
@given(st.lists(st.integers(1, 45), min_size=1, max_size=6))
def test_a_heading_is_followed_by_a_line_and_said_again_on_the_next_page(sizes):
    tags = [tag for n, count in enumerate(sizes) for tag in goods(count, f"heading {n}")]
    for page in price_list_pages(tags, WORDS, BOTH, ruler_of(FONTS)):
        body = [mark.text for mark in page.marks if isinstance(mark, Words)][:-2]
        lines = [text for text in body if text != WORDS.title]
        assert lines[0].startswith("heading")
        assert not lines[-1].startswith("heading")


def test_pages_are_numbered():
    texts = words_of(price_list(goods(60), WORDS, BOTH, FONTS))
    assert [f"{n} / {len(texts)}" in text for n, text in enumerate(texts, 1)] == [True] * len(texts)
    assert len(texts) == 3


def test_an_empty_shop_gives_a_page_with_the_title():
    [text] = words_of(price_list([], WORDS, BOTH, FONTS))
    assert "Бағалар тізімі" in text


def test_a_line_closes_every_row():
    pages = price_list_pages(goods(4), WORDS, BOTH, ruler_of(FONTS))
    rules = [m for m in pages[0].marks if isinstance(m, Block) and m.height_mm < 0.5]
    assert len(rules) == 4
