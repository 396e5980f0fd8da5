"""Frames that nobody looks at are not painted.

A frame is laid out, its textures are made and its events are called as ever; only rasterising it,
by far the most of a frame's cost under software GL, is left out for all but one in a second. A test
that looks at pixels exports a widget, which paints it by itself.
"""

import time

PAINTED_EVERY_S = 1.0


def paint_seldom() -> None:
    """For the rest of this process."""
    from kivy.core.window import WindowBase
    from kivy.core.window.window_sdl2 import WindowSDL

    draw, flip = WindowSDL.on_draw, WindowSDL.flip
    painted_s = 0.0
    is_painted = False

    def on_draw(window: WindowSDL) -> None:
        nonlocal painted_s, is_painted
        is_painted = time.monotonic() - painted_s >= PAINTED_EVERY_S
        if is_painted:
            painted_s = time.monotonic()
            draw(window)

    def flipped(window: WindowSDL) -> None:
        (flip if is_painted else WindowBase.flip)(window)

    WindowSDL.on_draw, WindowSDL.flip = on_draw, flipped
