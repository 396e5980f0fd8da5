"""Making change from what is really in the box.

Greedy is right only with unlimited pieces: 60 ₸ from one 50 and three 20s has no answer that
starts with the 50. So the pool is bounded and the answer exact: first that the amount comes out,
then the fewest pieces, then the least scarce ones.

*Scarcity* of a choice is the sum, over the pieces taken one by one, of 1 ÷ (pieces of that kind
still there), in millionths: taking the last coin of a kind costs a million, taking one of fifty
costs twenty thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, combinations_with_replacement, groupby
from operator import itemgetter

from kiosk.domain.money import Denomination, Pieces

SCARCITY_SCALE = 1_000_000
OFFER_PIECES_MAX = 5
"""Nobody counts out more than this from a purse because a screen suggests it."""


def make_change(amount_tenge: int, pool: Pieces) -> Pieces | None:
    """The best pieces of the pool that make exactly this amount; None when none do."""
    usable = [d for d in pool if d.value_tenge <= amount_tenge]
    stacks = [
        _Stack(value_tenge, _least_scarce_first(list(same), pool, amount_tenge // value_tenge))
        for value_tenge, same in groupby(usable, key=lambda d: d.value_tenge)
    ]
    values, counts = [x.value_tenge for x in stacks], [len(x.pieces) for x in stacks]
    reachable = _reachable_by_suffix(values, counts, amount_tenge)
    if not reachable[0] >> amount_tenge & 1:
        return None
    taken = _Search(stacks, reachable).best(0, amount_tenge)[2]
    return Pieces.of(
        kind
        for stack, count in zip(stacks, taken, strict=False)
        for _, kind in stack.pieces[:count]
    )


def plenty(kinds: Iterable[Denomination], amount_tenge: int) -> Pieces:
    """A box nobody has counted, taken as if it held enough of every kind for that amount."""
    return Pieces({d: amount_tenge // d.value_tenge for d in one_per_value(kinds)})


def one_per_value(kinds: Iterable[Denomination]) -> list[Denomination]:
    """From the largest down; a coin stands for itself and for the note of the same value."""
    coins_win = {d.value_tenge: d for d in sorted(kinds, reverse=True)}
    return sorted(coins_win.values(), reverse=True)


def nearest_below(amount_tenge: int, pool: Pieces) -> Pieces:
    """The best pieces for the largest amount of the pool that is not above ``amount_tenge``."""
    reachable = _reachable(pool, amount_tenge)
    nearest_tenge = reachable.bit_length() - 1
    return make_change(nearest_tenge, pool) or Pieces()


def payable_instead(
    due_tenge: int,
    pool: Pieces,
    kinds: Iterable[Denomination],
    *,
    tapped: Pieces,
    most: int = 3,
) -> tuple[Pieces, ...]:
    """Other pieces a shopper could put in, for which the box has the right change.

    No offer holds a smaller one: every piece is needed, if only to make the change come out. So
    the change never comes out of the offer itself, and ``pool`` is the box alone. Change larger
    than the largest note is not looked for.
    Fewest pieces first; of equally many, those that use what he has already tapped, then those
    with the least change.
    """
    descending = one_per_value(kinds)
    if not descending:
        return ()
    reachable = _reachable(pool, descending[0].value_tenge)
    offers: list[Pieces] = []
    for count in range(1, OFFER_PIECES_MAX + 1):
        payable = (
            Pieces.of(combination)
            for combination in combinations_with_replacement(descending, count)
            if _pays(combination, due_tenge, reachable)
        )
        found = [x for x in payable if not any(_holds(x, smaller) for smaller in offers)]
        found.sort(key=lambda offer: (-_in_common(offer, tapped), offer.total_tenge))
        offers += found
        if len(offers) >= most:
            break
    return tuple(offers[:most])


def _pays(combination: Sequence[Denomination], due_tenge: int, reachable: int) -> bool:
    """Whether these pieces cover the sum and the box can change them."""
    over_tenge = sum(d.value_tenge for d in combination) - due_tenge
    return over_tenge >= 0 and bool(reachable >> over_tenge & 1)


def _holds(offer: Pieces, smaller: Pieces) -> bool:
    return all(offer[d] >= count for d, count in smaller.items())


def _in_common(offer: Pieces, tapped: Pieces) -> int:
    return sum(min(count, tapped[d]) for d, count in offer.items())


def _reachable(pool: Pieces, amount_tenge_max: int) -> int:
    """Bit ``a`` is set when the pool can make the amount ``a`` exactly."""
    values = [d.value_tenge for d in pool]
    return _reachable_by_suffix(values, [pool[d] for d in pool], amount_tenge_max)[0]


def _reachable_by_suffix(
    values: Sequence[int], counts: Sequence[int], amount_tenge_max: int
) -> list[int]:
    """Sums that kinds ``i`` and after can make, as one long integer of bits for each ``i``.

    A whole box of coins is added with a handful of shifts (powers of two of each kind), so
    dead ends are known before the search begins.
    """
    mask = (1 << amount_tenge_max + 1) - 1
    suffixes = [1]
    for value, count in zip(reversed(values), reversed(counts), strict=True):
        suffixes.append(_with_kind(suffixes[-1], value, count, mask))
    return suffixes[::-1]


def _with_kind(sums: int, value_tenge: int, count: int, mask: int) -> int:
    count = min(count, mask.bit_length() // value_tenge)
    step = 1
    while count > 0:
        share = min(step, count)
        sums |= sums << share * value_tenge & mask
        count -= share
        step *= 2
    return sums


class _Stack:
    """All pieces of one value; how many to take says which, so coins and notes are no two kinds.

    ``scarcity[n]`` is that of taking ``n`` of them, the least scarce first.
    """

    def __init__(self, value_tenge: int, pieces: Sequence[tuple[int, Denomination]]) -> None:
        self.value_tenge = value_tenge
        self.pieces = pieces
        self.scarcity = list(accumulate((scarcity for scarcity, _ in pieces), initial=0))


def _least_scarce_first(
    kinds: Sequence[Denomination], pool: Pieces, most: int
) -> list[tuple[int, Denomination]]:
    """Pieces of one value with the scarcity of taking each, in the order to take them in.

    The next piece of a kind is never less scarce than the one before it, so taking the least
    scarce of all is right for any number of them.
    """
    pieces = [
        (SCARCITY_SCALE // left, kind)
        for kind in kinds
        for left in range(pool[kind], max(0, pool[kind] - most), -1)
    ]
    if len(kinds) > 1:
        pieces.sort(key=itemgetter(0))
    return pieces[:most]


_Best = tuple[int, int, tuple[int, ...]]
"""Pieces, scarcity, how many of each stack from here on."""


class _Search:
    """Branch and bound over stacks from the largest down, each sub-amount solved once."""

    def __init__(self, stacks: Sequence[_Stack], reachable: Sequence[int]) -> None:
        self._held = [(stack.value_tenge, len(stack.pieces)) for stack in stacks]
        self._scarcity = [stack.scarcity for stack in stacks]
        self._reachable = reachable
        self._known: dict[tuple[int, int], _Best] = {}

    def best(self, place: int, amount_tenge: int) -> _Best:
        """The best way to make a reachable amount with this stack and the smaller ones."""
        if amount_tenge == 0:
            return (0, 0, ())
        known = self._known.get((place, amount_tenge))
        if known is None:
            known = self._known[place, amount_tenge] = self._solve(place, amount_tenge)
        return known

    def _solve(self, place: int, amount_tenge: int) -> _Best:
        value = self._held[place][0]
        scarcity = self._scarcity[place]
        reachable = self._reachable[place + 1]
        best: _Best | None = None
        for count in range(min(len(scarcity) - 1, amount_tenge // value), -1, -1):
            rest_tenge = amount_tenge - count * value
            if best is not None and count + self._fewest(place + 1, rest_tenge) > best[0]:
                break  # taking fewer of this value only takes more pieces in all
            if not reachable >> rest_tenge & 1:
                continue
            more, more_scarcity, taken = self.best(place + 1, rest_tenge)
            found = (count + more, scarcity[count] + more_scarcity)
            if best is None or found < best[:2]:
                best = (*found, (count, *taken))
        assert best is not None, "only reachable amounts are asked for"
        return best

    def _fewest(self, place: int, amount_tenge: int) -> int:
        """No way from this stack on takes fewer pieces: the largest there are, the last one cut."""
        pieces = 0
        while amount_tenge > 0 and place < len(self._held):
            value_tenge, count = self._held[place]
            taken = min(count, -(-amount_tenge // value_tenge))
            pieces += taken
            amount_tenge -= taken * value_tenge
            place += 1
        return pieces
