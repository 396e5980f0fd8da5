"""Stage 1: from grey pixels to what is written in them, by two engines on three views.

The order is that of value for time on real photographs: most packs stop at the first stage, in
0.4 ms; one that none of them can read costs about 14 ms at 640×480.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from kiosk.domain.barcode import read_code
from kiosk.domain.errors import BarcodeError
from kiosk.scanner.engines import OTHERS, RETAIL, Engine, Read, zbar, zxing
from kiosk.scanner.frames import Pixels
from kiosk.scanner.treatments import View, Views

__all__ = ["Decoder", "Read", "names_a_product", "nearest_first"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stage:
    """One engine on one view of the picture."""

    name: str
    view: Callable[[Views], View]
    engine: Engine

    def reads(self, views: Views) -> Iterator[Read]:
        """What it finds, with places in the whole picture."""
        view = self.view(views)
        for read in self.engine(view.pixels):
            yield replace(
                read,
                stage=self.name,
                centre=view.in_picture(read.centre),
                corners=tuple(map(view.in_picture, read.corners)),
            )


class Decoder:
    """Reads the codes in grey pictures; make one per thread.

    `missing` says which engines this machine lacks, in words for an operator.
    """

    def __init__(self) -> None:
        self.missing: tuple[str, ...] = ()
        plain, contrast, doubled = map(attrgetter, ("plain", "contrast", "doubled"))
        try:
            slanted = zbar()
        except ImportError as error:
            self.missing = ("zbar",)
            _log.warning(
                "zbar is missing, so packs held at a slant are read less well. "
                "Install it with: apt install libzbar0 (%s)",
                error,
            )
            slanted = zxing(RETAIL, rotate=True)
        self._stages = (
            Stage("zxing", plain, zxing(RETAIL)),
            Stage("zxing-others", plain, zxing(OTHERS)),
            Stage("zxing-contrast", contrast, zxing(RETAIL)),
            Stage("zxing-2x", doubled, zxing(RETAIL)),
            Stage("zbar", plain, slanted),
            Stage("zbar-2x", doubled, slanted),
        )

    def stages(self, luma: Pixels) -> Iterator[tuple[Read, ...]]:
        """What each stage finds, from the cheapest on; a stage runs when it is asked for."""
        views = Views(luma)
        return (tuple(stage.reads(views)) for stage in self._stages)

    def read(
        self, luma: Pixels, *, is_accepted: Callable[[Read], bool] | None = None
    ) -> tuple[Read, ...]:
        """The codes in one picture, those nearest to its middle first.

        Stops at the first stage with an accepted read; by default one that names a product.
        """
        accepts = is_accepted or names_a_product
        found: dict[tuple[str, str], Read] = {}
        for reads in self.stages(luma):
            for read in reads:
                found.setdefault((read.symbology, read.text), read)
            if any(accepts(read) for read in reads):
                break
        return nearest_first(found.values(), luma)


def names_a_product(read: Read) -> bool:
    """Whether the text of a read holds a product's number."""
    try:
        read_code(read.symbology, read.text)
    except BarcodeError:
        return False
    return True


def nearest_first(reads: Iterable[Read], luma: Pixels) -> tuple[Read, ...]:
    """Reads in the order of their distance from the picture's middle."""
    height, width = luma.shape

    def off_centre(read: Read) -> float:
        return float(np.hypot(read.centre[0] - width / 2, read.centre[1] - height / 2))

    return tuple(sorted(reads, key=off_centre))
