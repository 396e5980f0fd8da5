"""Is what is plugged in there: screen, touch, camera, sound?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from kiosk.config import Config, Voice
from kiosk.doctor.finding import Finding, good, look, wrong
from kiosk.domain.errors import CameraError
from kiosk.machine_facts import text_of
from kiosk.scanner.sources import make_source
from kiosk.voice import PROGRAM

SMALLEST_PX = (800, 480)
_ABS_MT_POSITION_X = 0x35
"""Linux, input-event-codes.h: what only a touch screen or touch pad reports."""
_INPUT_PROP_DIRECT = 1
"""The same: fingers touch what they point at (a screen, not a pad)."""
_PICTURE_WITHIN_S = 4.0
_DARK, _LIGHT = 25, 245


def findings(config: Config, *, is_running: bool, root: Path = Path("/")) -> Iterator[Finding]:
    """Args: is_running: a kiosk has the camera now. root: where ``proc`` and ``sys`` lie."""
    yield _screen(root)
    yield _touch(root)
    yield _camera(config, is_running=is_running)
    yield _sound(config, root)
    if config.voice.enabled:
        yield _voice(config.voice, root)


# --- screen ---


def _screen(root: Path) -> Finding:
    ports = [
        port
        for port in sorted((root / "sys/class/drm").glob("card*-*"))
        if text_of(port / "status").strip() == "connected"
    ]
    connected = [port.name.split("-", 1)[-1] for port in ports]
    modes = [text_of(port / "modes").splitlines() for port in ports]
    sizes = [lines[0] for lines in modes if lines]
    if not connected:
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            return good("screen", "none of its own; a window opens on the display in use")
        return wrong("screen", "none is connected", "Check the screen's cable and its power.")
    says = ", ".join(
        f"{name} {size}".strip()
        for name, size in zip(connected, [*sizes, *[""] * len(connected)], strict=False)
    )
    if sizes and min(_pixels(size) for size in sizes) < SMALLEST_PX[0] * SMALLEST_PX[1]:
        return look("screen", says, "Use one with at least 800 × 480 points.")
    return good("screen", says)


def _pixels(mode: str) -> int:
    """Of a mode such as 1280x800."""
    width, _, height = mode.partition("x")
    height = height.rstrip("i")
    return int(width) * int(height) if width.isdigit() and height.isdigit() else 10**9


def _touch(root: Path) -> Finding:
    names = [
        name
        for name, axes, properties in _inputs(text_of(root / "proc/bus/input/devices"))
        if axes >> _ABS_MT_POSITION_X & 1 and properties >> _INPUT_PROP_DIRECT & 1
    ]
    if names:
        return good("touch", ", ".join(names))
    return look(
        "touch",
        "no touch screen is known to the system",
        "Check the screen's USB cable; a mouse does as well.",
    )


def _inputs(devices: str) -> Iterator[tuple[str, int, int]]:
    """Name, absolute axes and properties of each; the kernel writes masks as hex words."""
    for block in devices.split("\n\n"):
        name, axes, properties = "", 0, 0
        for line in block.splitlines():
            kind, _, rest = line.partition(": ")
            key, _, value = rest.partition("=")
            if kind == "N":
                name = value.strip('"')
            elif kind == "B" and key == "ABS":
                axes = _mask(value)
            elif kind == "B" and key == "PROP":
                properties = _mask(value)
        if name:
            yield name, axes, properties


def _mask(words: str) -> int:
    mask = 0
    for word in words.split():
        mask = mask << 64 | int(word, 16)
    return mask


# --- camera ---


def _camera(config: Config, *, is_running: bool) -> Finding:
    spec = str(config.camera.source)
    if spec == "none":
        return good("camera", "set up without one; a USB scanner or typing does it")
    if spec == "demo":
        return look("camera", "drawn packs", "In a shop: config.toml, [camera] source.")
    if is_running:
        return good("camera", "in use by the kiosk that is running")
    source = make_source(spec)()
    try:
        source.open()
        frame = source.read(_PICTURE_WITHIN_S)
        if frame is None:
            return wrong("camera", "opens, but gives no picture", "Pull its plug and put it back.")
        luma = frame.luma()
    except CameraError as error:
        return wrong("camera", str(error), _unless_allowed())
    finally:
        source.close()
    height, width = luma.shape
    return _light(f"{width} × {height}", float(luma.mean()))


def _unless_allowed() -> str:
    closed = [str(p) for p in Path("/dev").glob("video[0-9]*") if not os.access(p, os.R_OK)]
    if closed:
        return f"This user may not read {', '.join(closed)}: add it to the group video."
    return "Check its cable; another program may be using it. Without one: [camera] source = none."


def _light(size: str, level: float) -> Finding:
    """Args: level: mean grey, 0 to 255."""
    if level < _DARK:
        return look("camera", f"{size}, nearly black", "Take off the cap, or give it some light.")
    if level > _LIGHT:
        return look("camera", f"{size}, nearly white", "Turn it away from the lamp or the window.")
    return good("camera", size)


# --- sound ---


def _sound(config: Config, root: Path) -> Finding:
    if not config.sound.enabled:
        return good("sound", "switched off in the settings")
    outputs = sorted((root / "dev/snd").glob("pcmC*D*p"))
    if outputs:
        return good("sound", f"{len(outputs)} output{'s' if len(outputs) > 1 else ''}")
    return look("sound", "no output", "Connect a loudspeaker, or set [sound] enabled = false.")


# --- voice ---


def _voice(voice: Voice, root: Path) -> Finding:
    if shutil.which(PROGRAM) is None:
        return look(
            "voice",
            f"switched on, but {PROGRAM} is not installed: nothing is said",
            f"apt-get install {PROGRAM}, or set [voice] enabled = false.",
        )
    card = voice.output.partition("CARD=")[2].partition(",")[0]
    cards = text_of(root / "proc/asound/cards")
    if card and f"[{card}" not in cards:
        return look(
            "voice",
            f"its output {voice.output} is not there",
            "Plug the headphones' adapter in, or name another [voice] output: aplay -L lists them.",
        )
    return good("voice", voice.output or "by the usual output; silent until its key is touched")
