"""What the scanner tells the rest of the kiosk."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.barcode import ProductCode, Symbology


class CameraStatus(StrEnum):
    """How the camera is, for a banner; typed codes and USB scanners work in any of these."""

    STARTING = "starting"
    """Not yet known: the camera is being opened for the first time."""
    OK = "ok"
    LOST = "lost"
    """It was unplugged or does not answer; the scanner keeps trying."""
    NONE = "none"
    """This kiosk is set up without a camera."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One pack, shown once.

    `candidates` is never empty, the likeliest product first (more than one only for codes
    that were typed). `seen_monotonic_s` is when the frame was taken, on the service's clock;
    `stage` says which of the scanner's stages read it.
    """

    candidates: tuple[ProductCode, ...]
    symbology: Symbology
    text: str
    engine: str
    seen_monotonic_s: float
    stage: str = ""
