"""A frame's life: gate → stage 1 → debounce; failing that, a second look in the background.

Without threads and without a camera: told the time, frame by frame.
"""

import time
from collections.abc import Callable, Iterable

from kiosk.domain.barcode import ProductCode, read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.coach import Coach
from kiosk.scanner.debounce import Debounce, Sighting
from kiosk.scanner.decode import Decoder, Read, nearest_first
from kiosk.scanner.frames import Frame, Pixels
from kiosk.scanner.gate import Gate, Verdict, looks_like_bars
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.scan import Scan
from kiosk.scanner.second_look import SecondLook
from kiosk.scanner.sight import sight_of
from kiosk.scanner.steadiness import Steadiness
from kiosk.scanner.votes import EASILY_MISREAD, Votes

# A slanted pack gives the same wrong short code for a few frames running. One that the catalogue
# does not know must therefore last, with no longer code seen around it.
_VOTES_SHORT_AND_UNKNOWN = 6
_LONG_CODE_RULES_S = 2.0
_KNOWN_CODE_RULES_S = 1.2
"""A pack may carry a second code that the shop does not know; it is no second product."""
_IDLE_LOOKS_S = (0.5, 4.0)
"""While idle, half a second in four is open for second looks."""


class FrameReader:
    """Turns one frame after another into the scans they bring; told the time."""

    def __init__(
        self,
        decoder: Decoder,
        known: Callable[[], KnownCodes],
        second: SecondLook | None = None,
    ) -> None:
        """`known` gives the codes of the shop as they are now."""
        self._decoder = decoder
        self._known = known
        self._second = second
        self._gate = Gate()
        self._debounce = Debounce()
        self._steadiness = Steadiness()
        self._long_seen_s = -_LONG_CODE_RULES_S
        self._known_seen_s = -_KNOWN_CODE_RULES_S
        self._idle_look_s = float("-inf")
        self.coach = Coach()

    def take(self, frame: Frame, *, now_s: float, thrifty: bool) -> list[Scan]:
        """The packs that this frame shows for the first time. Raises CameraError if damaged."""
        verdict = self._gate.judge(frame.small(), now_s=now_s, thrifty=thrifty)
        late = self._late_scans(now_s)
        if verdict is Verdict.TRY:
            return self._try(frame.luma(), late, now_s=now_s, thrifty=thrifty)
        if late:
            return self._news(late, clear=False, now_s=now_s)
        if verdict is Verdict.UNCHANGED:
            self._debounce.unchanged(now_s=now_s)
            self.coach.saw_the_same(now_s=now_s)
        return []

    def has_moved(self, *, now_s: float) -> bool:
        """Whether something changed in the view a moment ago."""
        return self._gate.has_moved(now_s=now_s)

    def _try(
        self, luma: Pixels, late: dict[str, Scan], *, now_s: float, thrifty: bool
    ) -> list[Scan]:
        began_s = time.thread_time()
        bars = looks_like_bars(luma)
        scans = late | (self._first_scans(luma, now_s) if bars else {})
        news = self._news(scans, clear=not bars, now_s=now_s)
        if bars and not scans:
            self._look_closer(luma, now_s=now_s, thrifty=thrifty)
        self._gate.tried(
            found=bool(scans),
            done=not self._debounce.wants_another_look(),
            bars=bars,
            now_s=now_s,
            cost_s=time.thread_time() - began_s,
        )
        return news

    def _news(self, scans: dict[str, Scan], *, clear: bool, now_s: float) -> list[Scan]:
        keys = self._debounce.frame(
            [self._sighting(key, scan) for key, scan in scans.items()], clear=clear, now_s=now_s
        )
        if keys:
            self.coach.read(now_s=now_s)
        elif scans:
            self.coach.rest()
        if keys and self._second is not None:
            self._second.forget()
        return [scans[key] for key in keys]

    # --- stage 1 ---

    def _first_scans(self, luma: Pixels, now_s: float) -> dict[str, Scan]:
        votes = Votes()
        for reads in self._decoder.stages(luma):
            votes.add(reads)
            if any(self._settles(read) for read in reads):
                break
        known = votes.known(self._known().__contains__)
        return self._by_product(nearest_first(known or votes.believed(), luma), now_s)

    def _settles(self, read: Read) -> bool:
        """Whether no other stage need be asked: a code of the shop, or one already told."""
        codes = _codes(read)
        return any(
            code.gtin14 in self._known() or self._debounce.has_reported(code.gtin14)
            for code in codes
        )

    def _by_product(self, reads: Iterable[Read], now_s: float) -> dict[str, Scan]:
        """One scan for each product, without what is no product of its own.

        Two codes of one product on a pack are one; unknown short codes near a long one are its
        pieces; a code that the shop does not know beside one that it knows is the same pack's.
        """
        scans: dict[str, Scan] = {}
        for read in reads:
            if candidates := _codes(read):
                scan = Scan(candidates, read.symbology, read.text, read.engine, now_s, read.stage)
                scans.setdefault(self._key(scan), scan)
        if any(self._knows(scan) for scan in scans.values()):
            self._known_seen_s = now_s
        if any(not _is_short(scan) for scan in scans.values()):
            self._long_seen_s = now_s
        return {key: scan for key, scan in scans.items() if self._counts(scan, now_s)}

    def _counts(self, scan: Scan, now_s: float) -> bool:
        if self._knows(scan):
            return True
        is_piece = _is_short(scan) and now_s - self._long_seen_s < _LONG_CODE_RULES_S
        return not is_piece and now_s - self._known_seen_s >= _KNOWN_CODE_RULES_S

    def _key(self, scan: Scan) -> str:
        gtin14 = scan.candidates[0].gtin14
        product = self._known().product_of(gtin14)
        return gtin14 if product is None else f"product {product}"

    def _sighting(self, key: str, scan: Scan) -> Sighting:
        """How many frames it takes to believe it: one if the catalogue has it and it is long."""
        known, short = self._knows(scan), _is_short(scan)
        votes = _VOTES_SHORT_AND_UNKNOWN if short and not known else 2
        return Sighting(key, trusted=known and not short, votes=votes)

    def _knows(self, scan: Scan) -> bool:
        return any(code.gtin14 in self._known() for code in scan.candidates)

    # --- stage 2 and help ---

    def _look_closer(self, luma: Pixels, *, now_s: float, thrifty: bool) -> None:
        """Bars that stage 1 cannot read: what is wrong with them, and is it worth a second look?"""
        if thrifty and not self._is_worth_it_while_idle(now_s):
            return
        sight = sight_of(luma)
        if not thrifty:
            self.coach.saw(sight, now_s=now_s)
        if self._second is None:
            return
        if self._steadiness.is_gone(now_s=now_s):
            self._second.forget()
        stripes = sight.stripes
        if self._steadiness.is_steady(stripes, now_s=now_s) and stripes is not None:
            self._second.offer(luma, self._known(), now_s=now_s, sharpness=stripes.sharpness)

    def _is_worth_it_while_idle(self, now_s: float) -> bool:
        """Nobody shops: stripes on the shelf are left alone, what moves is looked at now and then."""
        if not self._gate.has_moved(now_s=now_s):
            return False
        if now_s - self._idle_look_s > _IDLE_LOOKS_S[1]:
            self._idle_look_s = now_s
        return now_s - self._idle_look_s <= _IDLE_LOOKS_S[0]

    def _late_scans(self, now_s: float) -> dict[str, Scan]:
        if self._second is None:
            return {}
        answers = self._second.answers(now_s=now_s)
        if answers:
            # What is read next must speak for itself, also when it is to confirm this.
            self._second.forget()
        return self._by_product(answers, now_s)


def _codes(read: Read) -> tuple[ProductCode, ...]:
    try:
        return read_code(read.symbology, read.text)
    except BarcodeError:
        return ()  # an address, a serial number: nothing to sell, nothing to say


def _is_short(scan: Scan) -> bool:
    return scan.symbology in EASILY_MISREAD
