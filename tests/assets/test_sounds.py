"""The sounds are short, soft, well within hearing, and told apart by how they move."""

from __future__ import annotations

import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from assets.draw import sounds

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "sounds"
NAMES = ("scan", "unknown", "success", "error")
LENGTH_MAX_MS = 350
WINDOW_MS = 40

Samples = npt.NDArray[np.float64]


def load(name: str) -> tuple[Samples, wave._wave_params]:
    with wave.open(str(FOLDER / f"{name}.wav"), "rb") as file:
        raw = file.readframes(file.getnframes())
        return np.frombuffer(raw, dtype="<i2").astype(np.float64) / 32768, file.getparams()


def pitch_hz(samples: Samples, rate_hz: int) -> float:
    """The strongest frequency."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), n=16384))
    return float(np.argmax(spectrum)) * rate_hz / 16384


def contour_hz(name: str) -> list[float]:
    """Pitch in each window that is loud enough to have one."""
    samples, params = load(name)
    step = params.framerate * WINDOW_MS // 1000
    windows = [samples[i : i + step] for i in range(0, len(samples) - step + 1, step)]
    return [pitch_hz(w, params.framerate) for w in windows if np.sqrt(np.mean(w**2)) > 0.03]


def pauses(name: str) -> int:
    """How many times the sound falls silent and comes back."""
    samples, params = load(name)
    step = params.framerate * 10 // 1000
    loud = [
        bool(np.max(np.abs(samples[i : i + step])) > 0.02) for i in range(0, len(samples), step)
    ]
    return sum(1 for a, b in pairwise(loud) if b and not a) - (not loud[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_is_short_mono_and_small(name: str) -> None:
    samples, params = load(name)
    assert (params.nchannels, params.sampwidth, params.framerate) == (1, 2, 22_050)
    assert 80 <= len(samples) * 1000 / params.framerate <= LENGTH_MAX_MS


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_starts_and_ends_in_silence_and_never_shouts(name: str) -> None:
    samples, _ = load(name)
    assert abs(samples[0]) < 0.01
    assert abs(samples[-1]) < 0.01
    assert 0.2 < float(np.max(np.abs(samples))) <= 0.55


@pytest.mark.parametrize("name", NAMES)
def test_nearly_all_of_a_sound_lies_between_500_and_2500_hz(name: str) -> None:
    samples, params = load(name)
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / params.framerate)
    inside = (hz >= 500) & (hz <= 2500)
    assert float(power[inside].sum() / power.sum()) > 0.98


def test_a_scan_rises_once() -> None:
    heard = contour_hz("scan")
    assert heard == sorted(heard)
    assert heard[-1] > heard[0] * 1.1
    assert pauses("scan") == 0


def test_an_unknown_code_says_one_note_twice() -> None:
    heard = contour_hz("unknown")
    assert max(heard) < min(heard) * 1.03
    assert pauses("unknown") == 1


def test_success_climbs_three_steps() -> None:
    heard = contour_hz("success")
    assert heard[-1] > heard[0] * 1.4
    assert heard == sorted(heard)


def test_an_error_falls() -> None:
    heard = contour_hz("error")
    assert heard[-1] < heard[0] * 0.85


def test_the_files_are_what_the_script_computes(tmp_path: Path) -> None:
    sounds.write(tmp_path)
    assert sorted(f.name for f in tmp_path.iterdir()) == sorted(f.name for f in FOLDER.iterdir())
    for name in NAMES:
        fresh, kept = (folder / f"{name}.wav" for folder in (tmp_path, FOLDER))
        a, b = (np.frombuffer(f.read_bytes()[44:], dtype="<i2").astype(int) for f in (fresh, kept))
        assert len(a) == len(b), name
        assert np.max(np.abs(a - b)) <= 1, name


def rhythm(name: str) -> tuple[int, str]:
    """Bursts, and whether the longest is short or long: all that an ear without pitch hears."""
    samples, params = load(name)
    step = params.framerate * 5 // 1000
    loud = "".join(
        "1" if np.max(np.abs(samples[i : i + step])) > 0.02 else "0"
        for i in range(0, len(samples), step)
    )
    bursts = [burst for burst in loud.split("0") if burst]
    longest_ms = max(map(len, bursts)) * 5
    return len(bursts), "long" if longest_ms > 220 else "short"


def test_rhythm_alone_tells_every_sound_from_the_others() -> None:
    assert {name: rhythm(name) for name in NAMES} == {
        "scan": (1, "short"),
        "unknown": (2, "short"),
        "success": (3, "short"),
        "error": (1, "long"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_ear_that_hears_nothing_above_3_khz_loses_nothing(name: str) -> None:
    """Age takes the high tones first; what is left must be nearly all of the sound."""
    samples, params = load(name)
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / params.framerate)
    assert power[hz > 3000].sum() / power.sum() < 0.001
    assert power[(hz > 400) & (hz < 1500)].sum() / power.sum() > 0.9
