"""What differs from shop to shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.domain.money import Denomination
from kiosk.views import Voice


@dataclass(frozen=True, slots=True)
class TillSettings:
    """What differs from shop to shop."""

    languages: tuple[str, ...]
    default_language: str
    unknown_names: Mapping[str, str]
    tender_kinds: tuple[Denomination, ...]
    rounding_tenge: int
    qr_payload: str
    idle_after_s: float
    extend_s: float
    thanks_s: float
    undo_window_s: float
    volunteer_phone: str = ""
    voice_offered: bool = False
    """Whether there is a key for spoken prompts ..."""
    voice_speaks: bool = False
    """... and whether each visit begins with them."""

    @property
    def voice(self) -> Voice:
        """How each visit begins."""
        if not self.voice_offered:
            return Voice.NONE
        return Voice.ON if self.voice_speaks else Voice.OFF

    @property
    def own(self) -> dict[str, object]:
        """What a shopper may change for himself, as the next one finds it; fields of the state."""
        return {"language": self.default_language, "voice": self.voice}

    @property
    def always(self) -> dict[str, object]:
        """What every visit is shown, as fields of the state."""
        return {**self.own, "tender_kinds": self.tender_kinds, "qr_payload": self.qr_payload}
