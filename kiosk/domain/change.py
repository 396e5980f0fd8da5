"""Making change from what is really in the box.

Greedy is right only with unlimited pieces: 60 ₸ from one 50 and three 20s has no answer that
starts with the 50. So the pool is bounded and the answer exact: first that the amount comes out,
then the fewest pieces, then the least scarce ones.

*Scarcity* of a choice is the sum, over the pieces taken one by one, of 1 ÷ (pieces of that kind
still there), in millionths: taking the last coin of a kind costs a million, taking one of fifty
costs twenty thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement

from kiosk.domain.money import Denomination, Pieces

SCARCITY_SCALE = 1_000_000
OFFER_PIECES_MAX = 5
"""Nobody counts out more than this from a purse because a screen suggests it."""


def make_change(amount_tenge: int, pool: Pieces) -> Pieces | None:
    """The best pieces of the pool that make exactly this amount; None when none do."""
    kinds = [d for d in pool if d.value_tenge <= amount_tenge]
    counts = [min(pool[d], amount_tenge // d.value_tenge) for d in kinds]
    values = [d.value_tenge for d in kinds]
    reachable = _reachable_by_suffix(values, counts, amount_tenge)
    if not reachable[0] >> amount_tenge & 1:
        return None
    stock = [pool[d] for d in kinds]
    taken = _Search(values, counts, stock, reachable).best(0, amount_tenge)[2]
    return Pieces(dict(zip(kinds, taken, strict=False)))


def make_change_from_plenty(amount_tenge: int, kinds: Iterable[Denomination]) -> Pieces | None:
    """The fewest pieces when nobody knows what is in the box: as if there were enough of all.

    Coins stand for themselves and for notes of the same value.
    """
    one_per_value = {d.value_tenge: d for d in sorted(kinds, reverse=True)}
    plenty = {d: amount_tenge // value for value, d in one_per_value.items()}
    return make_change(amount_tenge, Pieces(plenty))


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

    No offer holds a smaller one: every piece is needed, if only to make the change come out.
    Fewest pieces first; of equally many, those that use what he has already tapped, then those
    with the least change.
    """
    descending = sorted({d.value_tenge: d for d in sorted(kinds, reverse=True)}.values())[::-1]
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


_Best = tuple[int, int, tuple[int, ...]]
"""Pieces, scarcity, how many of each kind from here on."""


class _Search:
    """Branch and bound over kinds from the largest down, each sub-amount solved once."""

    def __init__(
        self,
        values: Sequence[int],
        counts: Sequence[int],
        stock: Sequence[int],
        reachable: Sequence[int],
    ) -> None:
        self._values = [*values, 1]
        self._counts = counts
        self._reachable = reachable
        self._scarcity = [list(_scarcities(n, k)) for n, k in zip(stock, counts, strict=True)]
        self._known: dict[tuple[int, int], _Best] = {}

    def best(self, kind: int, amount_tenge: int) -> _Best:
        """The best way to make a reachable amount with this kind and the smaller ones."""
        if amount_tenge == 0:
            return (0, 0, ())
        known = self._known.get((kind, amount_tenge))
        if known is None:
            known = self._known[kind, amount_tenge] = self._solve(kind, amount_tenge)
        return known

    def _solve(self, kind: int, amount_tenge: int) -> _Best:
        value, next_value = self._values[kind], self._values[kind + 1]
        reachable = self._reachable[kind + 1]
        best: _Best | None = None
        for count in self._tries(kind, amount_tenge):
            rest_tenge = amount_tenge - count * value
            if best is not None and count - (-rest_tenge // next_value) > best[0]:
                break  # even with plenty of the next kind it takes more pieces; fewer is worse
            if not reachable >> rest_tenge & 1:
                continue
            pieces, scarcity, taken = self.best(kind + 1, rest_tenge)
            pieces += count
            scarcity += self._scarcity[kind][count]
            if best is None or (pieces, scarcity) < best[:2]:
                best = (pieces, scarcity, (count, *taken))
        assert best is not None, "only reachable amounts are asked for"
        return best

    def _tries(self, kind: int, amount_tenge: int) -> Iterator[int]:
        most = min(self._counts[kind], amount_tenge // self._values[kind])
        return iter(range(most, -1, -1))


def _scarcities(stock: int, most: int) -> Iterator[int]:
    """Scarcity of taking 0, 1, 2 … ``most`` of ``stock`` pieces."""
    total = 0
    yield total
    for taken in range(most):
        total += SCARCITY_SCALE // (stock - taken)
        yield total
