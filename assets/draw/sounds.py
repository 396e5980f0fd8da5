"""Four short, soft sounds, told apart by their rhythm alone, and by their shape and pitch as well.

scan rises once, briefly; unknown says the same note twice; success climbs three steps with a pause
after each; error is one long note that falls.
All of it lies between 500 and 2500 Hz, where old ears and small loudspeakers are still good.
"""

from __future__ import annotations

import wave
from array import array
from dataclasses import dataclass
from math import cos, pi, sin
from pathlib import Path

SAMPLE_RATE_HZ = 22_050
_PEAK = 0.5  # of full scale: loud enough for a lobby once, quiet enough for the hundredth time
_ATTACK_MS = 8
_RELEASE_MS = 40


@dataclass(frozen=True)
class Note:
    """A tone gliding from one frequency to another."""

    start_ms: int
    length_ms: int
    from_hz: float
    to_hz: float


SOUNDS: dict[str, tuple[Note, ...]] = {
    "scan": (Note(0, 130, 932, 1245),),
    "unknown": (Note(0, 110, 740, 740), Note(150, 130, 740, 740)),
    "success": (Note(0, 85, 784, 784), Note(125, 85, 988, 988), Note(250, 95, 1175, 1175)),
    "error": (Note(0, 320, 784, 523),),
}


def samples(notes: tuple[Note, ...]) -> array[int]:
    """The notes as signed 16-bit samples."""
    length = max(_count(note.start_ms + note.length_ms) for note in notes)
    mixed = [0.0] * length
    for note in notes:
        first = _count(note.start_ms)
        for i, value in enumerate(_tone(note)):
            mixed[first + i] += value
    loudest = max(abs(value) for value in mixed)
    return array("h", (round(value / loudest * _PEAK * 32767) for value in mixed))


def _tone(note: Note) -> list[float]:
    count = _count(note.length_ms)
    phase = 0.0
    values = []
    for i in range(count):
        hz = note.from_hz + (note.to_hz - note.from_hz) * i / count
        phase += 2 * pi * hz / SAMPLE_RATE_HZ
        # a quiet octave above makes a sine sound like a struck bar and not like a test tone
        values.append(_envelope(i, count) * (sin(phase) + 0.18 * sin(2 * phase)))
    return values


def _envelope(i: int, count: int) -> float:
    """Rises and falls along half a cosine, so that nothing clicks; fades in between."""
    attack, release = _count(_ATTACK_MS), _count(_RELEASE_MS)
    rise = min(1.0, i / attack)
    fall = min(1.0, (count - 1 - i) / release)
    return (1 - cos(pi * rise)) / 2 * (1 - cos(pi * fall)) / 2 * (1 - 0.5 * i / count)


def _count(ms: int) -> int:
    return ms * SAMPLE_RATE_HZ // 1000


def write(folder: Path) -> None:
    """Write every sound into `folder`."""
    for name, notes in SOUNDS.items():
        data = samples(notes)
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE_HZ)
            file.writeframes(data.tobytes())
