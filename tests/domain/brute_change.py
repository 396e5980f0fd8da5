"""Change-making by trying everything: slow, plain, and sharing nothing with the kiosk's own.

Money is plain numbers here. A *kind* is ``(value, stock)``; an answer is a tuple with how many of
each kind to take. What is best is said once more, in words of its own: exact, then as few pieces
as possible, then the smallest sum of what each piece taken costs, where a piece costs a million
divided by how many of its kind are there when it is taken, fractions dropped.
"""

from collections.abc import Sequence
from itertools import combinations_with_replacement, product

Kind = tuple[int, int]


def cost_of_taking(stock: int, taken: int) -> int:
    """What it costs to take so many of a kind, piece by piece."""
    return sum(int(1_000_000 / (stock - i)) for i in range(taken))


def rank(kinds: Sequence[Kind], answer: Sequence[int]) -> tuple[int, int]:
    """What an answer is judged by, smaller is better: pieces, then cost."""
    cost = sum(cost_of_taking(stock, n) for (_, stock), n in zip(kinds, answer, strict=True))
    return sum(answer), cost


def worth(kinds: Sequence[Kind], answer: Sequence[int]) -> int:
    """The money in an answer."""
    return sum(value * n for (value, _), n in zip(kinds, answer, strict=True))


def all_answers(amount: int, kinds: Sequence[Kind]) -> list[tuple[int, ...]]:
    """Every way to take exactly that amount, by trying all there are."""
    choices = [range(stock + 1) for _, stock in kinds]
    return [answer for answer in product(*choices) if worth(kinds, answer) == amount]


def best_rank_by_trying(amount: int, kinds: Sequence[Kind]) -> tuple[int, int] | None:
    """The best (pieces, cost) by trying all; None when the amount cannot be made."""
    return min((rank(kinds, answer) for answer in all_answers(amount, kinds)), default=None)


def best_ranks_up_to(limit: int, kinds: Sequence[Kind]) -> dict[int, tuple[int, int]]:
    """The best (pieces, cost) of every amount up to ``limit`` that can be made.

    One kind after the other is poured into a table of amounts; for boxes too full for trying all.
    """
    table: dict[int, tuple[int, int]] = {0: (0, 0)}
    for value, stock in kinds:
        grown: dict[int, tuple[int, int]] = {}
        costs = [cost_of_taking(stock, n) for n in range(min(stock, limit // value) + 1)]
        for amount, (count, cost) in table.items():
            for taken, more in enumerate(costs):
                reached = amount + taken * value
                if reached > limit:
                    break
                candidate = (count + taken, cost + more)
                if reached not in grown or candidate < grown[reached]:
                    grown[reached] = candidate
        table = grown
    return table


def makeable(limit: int, kinds: Sequence[Kind]) -> set[int]:
    """Every amount up to ``limit`` that these kinds make."""
    sums = {0}
    for value, stock in kinds:
        sums = {s + n * value for s in sums for n in range(stock + 1) if s + n * value <= limit}
    return sums


def offers_by_trying(
    due: int, kinds: Sequence[Kind], values: Sequence[int], pieces_most: int
) -> list[tuple[int, ...]]:
    """Every way to pay that the box can change and of which no piece can be left out.

    Offers are tuples of values, largest first; change above the largest value is not looked for.
    """
    can = makeable(max(values), kinds)
    payable = [
        combination
        for count in range(1, pieces_most + 1)
        for combination in combinations_with_replacement(sorted(values, reverse=True), count)
        if sum(combination) - due in can
    ]
    return [offer for offer in payable if not any(_is_part(x, offer) for x in payable)]


def _is_part(smaller: Sequence[int], larger: Sequence[int]) -> bool:
    if len(smaller) >= len(larger):
        return False
    left = list(larger)
    for value in smaller:
        if value not in left:
            return False
        left.remove(value)
    return True
