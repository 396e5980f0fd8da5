"""A frame's life: gate → decode → debounce, without threads and without a camera."""

from collections.abc import Callable

from kiosk.domain.barcode import ProductCode, Symbology, read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.debounce import Debounce, Sighting
from kiosk.scanner.decode import Decoder, Read
from kiosk.scanner.frames import Frame
from kiosk.scanner.gate import Gate, Verdict, looks_like_bars
from kiosk.scanner.scan import Scan

# Short codes are found inside slanted longer ones: all five wrong reads in 286 real photographs
# of packs were such UPC-E.
_EASILY_MISREAD = frozenset({Symbology.UPCE, Symbology.EAN8})


class FrameReader:
    """Turns one frame after another into the scans they bring; told the time."""

    def __init__(self, decoder: Decoder, is_known: Callable[[ProductCode], bool]) -> None:
        self._decoder = decoder
        self._is_known = is_known
        self._gate = Gate()
        self._debounce = Debounce()

    def take(self, frame: Frame, *, now_s: float, thrifty: bool) -> list[Scan]:
        """The packs that this frame shows for the first time. Raises CameraError if damaged."""
        verdict = self._gate.judge(frame.small(), now_s=now_s, thrifty=thrifty)
        if verdict is Verdict.UNCHANGED:
            self._debounce.unchanged(now_s=now_s)
        if verdict is not Verdict.TRY:
            return []
        luma = frame.luma()
        bars = looks_like_bars(luma)
        scans = _scans(self._decoder.read(luma), now_s) if bars else {}
        news = self._debounce.frame(
            [Sighting(key, self._trusts(scan)) for key, scan in scans.items()],
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

    def _trusts(self, scan: Scan) -> bool:
        """Whether one frame is enough: the catalogue has it, and it is hard to misread."""
        if scan.symbology in _EASILY_MISREAD:
            return False
        return any(self._is_known(code) for code in scan.candidates)


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
