"""A question that is asked over a page before something that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk.admin.screens.kv import load_kv
from kiosk.screens.overlays import Veil

load_kv("machine_question")


class MachineAskPanel(Veil):
    """Lies over a page; ``yes`` and ``no`` are called with nothing."""

    icon = StringProperty("warning")
    text = StringProperty()
    detail = StringProperty()
    yes_text = StringProperty()
    no_text = StringProperty()
    yes = ObjectProperty(None, allownone=True)
    no = ObjectProperty(None, allownone=True)

    def answered(self, is_yes: bool) -> None:
        """A key was touched."""
        answer = self.yes if is_yes else self.no
        if answer is not None:
            answer()

    def ask(
        self,
        text: str,
        detail: str,
        *,
        yes: tuple[str, Callable[[], object]],
        no: tuple[str, Callable[[], object]],
    ) -> None:
        """The words of a question, and what its answers do."""
        self.text, self.detail = text, detail
        self.yes_text, self.yes = yes
        self.no_text, self.no = no


def lay_over(view: Any, panel: Any, *, is_on: bool) -> None:
    """Puts a panel over a page, or takes it away."""
    if is_on and panel.parent is None:
        view.add_widget(panel)
    elif not is_on and panel.parent is not None:
        view.remove_widget(panel)
