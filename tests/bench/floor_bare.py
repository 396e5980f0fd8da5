"""The least that Kivy can do: a window of the same size with one button."""

from __future__ import annotations

import os

os.environ["KIVY_NO_ARGS"] = "1"

from kivy.config import Config

Config.set("graphics", "width", "1280")
Config.set("graphics", "height", "800")

from kivy.app import App
from kivy.uix.button import Button


class BareApp(App):
    """One button, as large as the window."""

    def build(self) -> Button:
        """The button says when it was tapped."""
        return Button(text="start", on_release=lambda *_args: print("TAPPED", flush=True))


if __name__ == "__main__":
    BareApp().run()
