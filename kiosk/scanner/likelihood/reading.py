"""What the maximum-likelihood reader tells."""

from dataclasses import dataclass

from kiosk.domain.barcode import Symbology


@dataclass(frozen=True, slots=True)
class Reading:
    """One retail code read from grey levels.

    `text` has 13, 12 or 8 digits as its symbology writes them. `fit` is the share of the
    picture's variation that the code leaves unexplained, 0 to 1; `margin` how much worse the next
    code explains it, as a share of what this one leaves; `bands` how many strips (of one frame or
    of several) were weighed. `corners` are (x, y) in pixels: left top, right top, right bottom,
    left bottom of the bars as the code is read. `known`: the catalogue given has it.
    """

    symbology: Symbology
    text: str
    fit: float
    margin: float
    bands: int
    corners: tuple[tuple[float, float], ...]
    known: bool = False

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) of the middle of the bars, in pixels."""
        xs, ys = zip(*self.corners, strict=True)
        return (sum(xs) / len(xs), sum(ys) / len(ys))
