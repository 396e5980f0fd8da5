"""What Hypothesis draws from: money, boxes and goods as a shop has them."""

from hypothesis import strategies as st

from kiosk.domain.money import Denomination, Pieces, coin, note

DENOMINATIONS: tuple[Denomination, ...] = (
    *(note(value) for value in (20000, 10000, 5000, 2000, 1000, 500, 200)),
    *(coin(value) for value in (200, 100, 50, 20, 10, 5, 2, 1)),
)
"""All that circulates, the old note of 200 included, from the largest down."""

SMALL = tuple(d for d in DENOMINATIONS if d.value_tenge <= 500)


def pieces(
    kinds: tuple[Denomination, ...] = DENOMINATIONS, most: int = 9, *, empty: bool = True
) -> st.SearchStrategy[Pieces]:
    """Up to ``most`` of some of these kinds."""
    counts = st.dictionaries(
        st.sampled_from(kinds), st.integers(1, most), min_size=0 if empty else 1, max_size=8
    )
    return counts.map(Pieces)
