"""How large the panel is, before there is a window: a window that learns it late jumps."""

from __future__ import annotations

import ctypes


def panel_size_px() -> tuple[int, int] | None:
    """Width and height of the X server's first screen; None where none can be asked.

    By Xlib's XOpenDisplay, XDisplayWidth and XDisplayHeight, which every machine has on which
    Kivy opens a window.
    """
    try:
        xlib = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    for function in (xlib.XDisplayWidth, xlib.XDisplayHeight):
        function.argtypes = [ctypes.c_void_p, ctypes.c_int]
    xlib.XDefaultScreen.argtypes = [ctypes.c_void_p]
    xlib.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = xlib.XOpenDisplay(None)
    if not display:
        return None
    try:
        screen = xlib.XDefaultScreen(display)
        size_px = xlib.XDisplayWidth(display, screen), xlib.XDisplayHeight(display, screen)
    finally:
        xlib.XCloseDisplay(display)
    return size_px if min(size_px) > 0 else None
