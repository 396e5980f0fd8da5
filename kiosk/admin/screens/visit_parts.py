"""Pieces that the pages about the visit's figures share: rows of a report, a ratio's card."""

from __future__ import annotations

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.utils import get_color_from_hex as rgba

from kiosk.admin.report_lines import band_name, percent
from kiosk.admin.screens.kv import load_kv
from kiosk.domain.visit_report import Band, Ratio
from kiosk.screens.tr import tr

load_kv("visit_parts")

INK_SOFT, WHITE = rgba("#4A5A64"), rgba("#FFFFFF")
_LOOKS = {
    Band.OVER: ("warning", rgba("#6B4A00"), rgba("#FFF0CC")),
    Band.HONEST: ("check", rgba("#1E7145"), rgba("#E2F2E4")),
    Band.TOLERABLE: ("minus", rgba("#1D2B33"), rgba("#FFF0CC")),
    Band.POOR: ("warning", rgba("#A93B26"), rgba("#FBE6DF")),
}
"""Drawing, its colour and the ground: a sign and words for each, never a colour alone."""


class ReportRow(BoxLayout):
    """One line of a report, or a heading between lines."""

    label = StringProperty()
    value = StringProperty()
    value_width = NumericProperty("210dp")
    strong = BooleanProperty(False)
    is_heading = BooleanProperty(False)
    is_tall = BooleanProperty(False)
    """Room for two lines."""
    size_max = NumericProperty("23dp")


class RatioCard(BoxLayout):
    """A ratio in per cent and in words, or why there is none."""

    title = StringProperty()
    percent_text = StringProperty()
    band_text = StringProperty()
    detail_text = StringProperty()
    icon = StringProperty()
    tint = ColorProperty(INK_SOFT)
    ground = ColorProperty(WHITE)

    def fill(self, ratio: Ratio | None, detail: str, why_none: str) -> None:
        """Shows the ratio with its detail, or why there is none."""
        if ratio is None:
            self.icon, self.tint, self.ground = "", INK_SOFT, WHITE
            self.percent_text, self.band_text, self.detail_text = "", why_none, ""
            return
        self.icon, self.tint, self.ground = _LOOKS[ratio.band]
        self.percent_text = percent(ratio)
        self.band_text = band_name(ratio.band, tr._)
        self.detail_text = detail
