"""Every type of entry becomes bytes and comes back."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.entries import BODY_TYPES, Entry, Stamp, decode, encode, type_of
from kiosk.journal import Journal
from tests.journal.strategies import BODIES, bodies

stamps = st.builds(Stamp, st.integers(0, 2**42), st.text(max_size=36), st.integers(0, 2**40))


def test_there_is_a_strategy_for_every_type_of_entry():
    assert set(BODIES) == set(BODY_TYPES.values())


@given(body=bodies, stamp=stamps)
def test_an_entry_read_from_its_bytes_is_the_entry(body, stamp):
    entry = Entry(body, stamp)
    assert decode(encode(entry)) == entry


@pytest.mark.parametrize("body_type", BODIES, ids=lambda t: t.__name__)
def test_every_type_comes_back_from_the_disk(body_type, directory):
    example = itertools.count()

    @given(body=BODIES[body_type])
    @settings(max_examples=3)
    def comes_back(body):
        journal = Journal.open(directory / str(next(example)))
        stored = journal.append(body).result(10)
        assert list(journal.entries()) == [stored]
        entry = decode(stored.payload)
        journal.close()
        assert entry.body == body
        assert type_of(entry.body).encode() in stored.payload

    comes_back()
