"""Paying by the shop's QR code: the shopper types the amount in his own app, nothing calls back."""

from __future__ import annotations

from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.domain.money import format_tenge
from kiosk.screens.fit import in_one_piece
from kiosk.screens.kv import load_kv
from kiosk.screens.tr import tr
from kiosk.screens.widgets import View
from kiosk.views import TillState

load_kv("qr")

QUIET_MODULES = 4
"""White around the code, in modules, as ISO/IEC 18004 asks."""


class QrScreen(View):
    """Code large, amount huge."""

    amount_text = StringProperty()
    confirm_text = StringProperty()
    saving = BooleanProperty(False)
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._payload = ""

    def show(self, state: TillState) -> None:
        """The code is drawn once per payload."""
        self.amount_text = format_tenge(state.due_tenge)
        self.saving = state.saving
        self.confirm_text = tr._("Saving…") if state.saving else in_one_piece(tr._("I have paid"))
        if state.qr_payload and state.qr_payload != self._payload:
            self._payload = state.qr_payload
            self.texture = qr_texture(state.qr_payload)


def qr_texture(payload: str) -> Any:
    """A QR code as a texture of one pixel per module, to be enlarged without smoothing."""
    import segno

    rows = tuple(segno.make_qr(payload, error="m").matrix_iter(border=QUIET_MODULES))
    pixels = b"".join(b"\x00" if dark else b"\xff" for row in reversed(rows) for dark in row)
    side = len(rows)
    texture = Texture.create(size=(side, side), colorfmt="luminance")
    texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
    texture.mag_filter = texture.min_filter = "nearest"
    return texture
