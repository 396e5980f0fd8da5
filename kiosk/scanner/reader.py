"""A frame's life: gate → decode → debounce, without threads and without a camera."""

from collections.abc import Callable

from kiosk.domain.barcode import ProductCode, Symbology, read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.debounce import Debounce, Sighting
from kiosk.scanner.decode import Decoder, Read
from kiosk.scanner.frames import Frame, Pixels
from kiosk.scanner.gate import Gate, Verdict, looks_like_bars
from kiosk.scanner.scan import Scan

# Short codes are found inside slanted longer ones: all five wrong reads in 286 real photographs
# of packs were such UPC-E.
_EASILY_MISREAD = frozenset({Symbology.UPCE, Symbology.EAN8})

# A slanted pack gives the same wrong short code for a few frames running. One that the catalogue
# does not know must therefore last, with no longer code seen around it.
_VOTES_SHORT_AND_UNKNOWN = 6
_LONG_CODE_RULES_S = 2.0


class FrameReader:
    """Turns one frame after another into the scans they bring; told the time."""

    def __init__(self, decoder: Decoder, is_known: Callable[[ProductCode], bool]) -> None:
        self._decoder = decoder
        self._is_known = is_known
        self._gate = Gate()
        self._debounce = Debounce()
        self._long_seen_s = -_LONG_CODE_RULES_S

    def take(self, frame: Frame, *, now_s: float, thrifty: bool) -> list[Scan]:
        """The packs that this frame shows for the first time. Raises CameraError if damaged."""
        verdict = self._gate.judge(frame.small(), now_s=now_s, thrifty=thrifty)
        if verdict is Verdict.UNCHANGED:
            self._debounce.unchanged(now_s=now_s)
        if verdict is not Verdict.TRY:
            return []
        luma = frame.luma()
        bars = looks_like_bars(luma)
        scans = self._scans(luma, now_s) if bars else {}
        news = self._debounce.frame(
            [self._sighting(key, scan) for key, scan in scans.items()],
            clear=not bars,
            now_s=now_s,
        )
        self._gate.tried(
            found=bool(scans),
            done=not self._debounce.wants_another_look(),
            bars=bars,
            now_s=now_s,
        )
        return [scans[key] for key in news]

    def _scans(self, luma: Pixels, now_s: float) -> dict[str, Scan]:
        """What is read, without unknown short codes near a long one: those are its pieces."""
        scans = _scans(self._decoder.read(luma, is_accepted=self._is_accepted), now_s)
        if any(scan.symbology not in _EASILY_MISREAD for scan in scans.values()):
            self._long_seen_s = now_s
        if now_s - self._long_seen_s >= _LONG_CODE_RULES_S:
            return scans
        return {k: x for k, x in scans.items() if not _is_short(x) or self._knows(x)}

    def _is_accepted(self, read: Read) -> bool:
        """Whether the other engine need not be asked: a code of the catalogue."""
        try:
            return any(self._is_known(code) for code in read_code(read.symbology, read.text))
        except BarcodeError:
            return False

    def _sighting(self, key: str, scan: Scan) -> Sighting:
        """How many frames it takes to believe it: one if the catalogue has it and it is long."""
        known, short = self._knows(scan), _is_short(scan)
        votes = _VOTES_SHORT_AND_UNKNOWN if short and not known else 2
        return Sighting(key, trusted=known and not short, votes=votes)

    def _knows(self, scan: Scan) -> bool:
        return any(self._is_known(code) for code in scan.candidates)


def _is_short(scan: Scan) -> bool:
    return scan.symbology in _EASILY_MISREAD


def _scans(reads: tuple[Read, ...], now_s: float) -> dict[str, Scan]:
    """One scan for each product in view; two codes of one product on a pack are one."""
    scans: dict[str, Scan] = {}
    for read in reads:
        try:
            candidates = read_code(read.symbology, read.text)
        except BarcodeError:
            continue  # an address, a serial number: nothing to sell, nothing to say
        scan = Scan(candidates, read.symbology, read.text, read.engine, now_s)
        scans.setdefault(candidates[0].gtin14, scan)
    return scans
