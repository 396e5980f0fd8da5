"""A long list falls into leaves: nothing is out of reach, and nothing stands on two of them."""

from hypothesis import given
from hypothesis import strategies as st

from sync.server.leaves import Leaf, leaf_of


@given(found=st.integers(0, 500), rows=st.integers(1, 60))
def test_turning_all_leaves_shows_each_row_once_and_in_order(found: int, rows: int) -> None:
    everything = range(found)
    leaves = leaf_of(1, found, rows).leaves
    turned = [leaf_of(number, found, rows) for number in range(1, leaves + 1)]
    assert [row for leaf in turned for row in leaf.of(everything)] == list(everything)
    assert all(len(leaf.of(everything)) == rows for leaf in turned[:-1])
    assert found == 0 or turned[-1].of(everything)


@given(asked=st.integers(), found=st.integers(0, 500), rows=st.integers(1, 60))
def test_nonsense_shows_a_leaf_that_there_is(asked: int, found: int, rows: int) -> None:
    leaf = leaf_of(asked, found, rows)
    assert 1 <= leaf.number <= leaf.leaves
    if 1 <= asked <= leaf.leaves:
        assert leaf.number == asked


def test_below_the_first_is_the_first_and_beyond_the_last_the_last() -> None:
    assert leaf_of(-3, 45, 20) == Leaf(1, 3, 20)
    assert leaf_of(99, 45, 20) == Leaf(3, 3, 20)
    assert leaf_of(99, 40, 20) == Leaf(2, 2, 20)
    assert leaf_of(99, 0, 20) == Leaf(1, 1, 20)
    assert leaf_of(2, 45, 20).skipped == 20
