"""Reads one photograph, where there is no second frame to agree: for the command line and tests.

Stage 1 first; where it reads nothing, stage 2 works the code out of the grey levels.
"""

from kiosk.scanner.decode import Decoder, Read, nearest_first
from kiosk.scanner.frames import Pixels
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.second_look import SecondReader, load_second_reader
from kiosk.scanner.votes import Votes, gtin_of


class PhotoReader:
    """Reads photographs; with `known` only codes of that catalogue count as products."""

    def __init__(self, known: KnownCodes | None = None, *, second_stage: bool = True) -> None:
        self.known = known
        self._decoder = Decoder()
        self._second: SecondReader | None = load_second_reader() if second_stage else None

    def read(self, luma: Pixels) -> tuple[Read, ...]:
        """The codes to believe, nearest to the middle first; none rather than a doubtful one."""
        votes = Votes()
        for reads in self._decoder.stages(luma):
            if not reads:
                continue
            votes.add(reads)
            believed = self._products(votes) or self._others(votes)
            if believed:
                return nearest_first(believed, luma)
        return self._second_read(luma)

    def _second_read(self, luma: Pixels) -> tuple[Read, ...]:
        found = None if self._second is None else self._second.read(luma, self.known)
        if found is None or (self.known is not None and gtin_of(found) not in self.known):
            return ()
        return (found,)

    def _products(self, votes: Votes) -> list[Read]:
        if self.known is not None:
            return votes.known(self.known.__contains__)
        return [read for read in votes.believed() if gtin_of(read)]

    def _others(self, votes: Votes) -> list[Read]:
        """Addresses, serial numbers: what names no product."""
        return [read for read in votes.believed() if gtin_of(read) is None]
