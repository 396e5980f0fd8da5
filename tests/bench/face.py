"""The face's figures on a small machine: start, memory, idle, tap → frame.

Every figure is taken with the real kiosk in a real window under whatever draws it; beside each
stands the same of a bare Kivy window, in the same run, because cores are shared and renderers differ.

start_ratio                  process start → first tap taken, ours ÷ a bare window's; wanted ≤ 1.5
rss_extra_mb                 resident memory on the start screen with a camera, over that of a bare
                             window that has opened the same camera with OpenCV; wanted ≤ 60
rss_extra_after_taps_mb      the same after purchases, at its highest
idle_cpu_percent             of one core, on the start screen, camera film at 30 frames a second;
                             wanted ≤ 5
tap_to_frame_p50_ms, p95_ms  an X tap (XTEST) → the frame flipped that shows its effect, over whole
                             visits: other screens, tiles, plus, a note and its change; wanted p95 ≤ 50
tap_with_camera_...          the same while the camera's film is decoded
bare_tap_...                 a bare window's button
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.floor import answer_of, child, cpu_percent, measured, resting_kiosk, start_ratio

PARTS = ("start", "rest", "taps")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked for."""
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part; repeatable")
    parser.add_argument("--starts", type=int, default=7, help="starts of each kind (default 7)")
    parser.add_argument("--idle-s", type=float, default=20.0, help="seconds to watch (default 20)")
    parser.add_argument("--taps", type=int, default=180, help="taps of each kind (default 180)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """All figures asked for."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "start": lambda: start_ratio(args.starts),
        "rest": lambda: at_rest(args.idle_s),
        "taps": lambda: taps(args.taps),
    }
    figures = measured(parts, args.only)
    if "rss_peak_after_taps_mb" in figures and "bare_rss_mb" in figures:
        extra_mb = figures["rss_peak_after_taps_mb"] - figures["bare_rss_mb"]
        figures["rss_extra_after_taps_mb"] = round(extra_mb, 1)
    return figures


def at_rest(watch_s: float) -> dict[str, Any]:
    """Idle share and memory of a kiosk whose camera runs, then the memory of a bare window."""
    with resting_kiosk() as (kiosk, film):
        percent = cpu_percent(kiosk, watch_s)
        ours_mb = rss_mb(kiosk.pid)
        with child("face_bare.py", "rest", str(film)) as bare:
            assert bare.stdout is not None
            if not any("RESTING" in line for line in bare.stdout):
                raise RuntimeError("The bare window closed before it rested.")
            bare_mb = rss_mb(bare.pid)
    return {
        "idle_cpu_percent": round(percent, 2),
        "rss_mb": round(ours_mb, 1),
        "bare_rss_mb": round(bare_mb, 1),
        "rss_extra_mb": round(ours_mb - bare_mb, 1),
    }


def taps(count: int) -> dict[str, Any]:
    """Taps with and without a camera, and on a bare window."""
    with tempfile.TemporaryDirectory(prefix="adal-taps-") as name:
        film = Path(name) / "counter.avi"
        answer_of("floor_film.py", str(film))
        bare = answer_of("face_bare.py", "taps", str(count))
        plain = answer_of("face_taps.py", str(count))
        filmed = answer_of("face_taps.py", str(count), str(film))
    return {
        "tap_to_frame_p50_ms": plain["p50_ms"],
        "tap_to_frame_p95_ms": plain["p95_ms"],
        "tap_with_camera_p50_ms": filmed["p50_ms"],
        "tap_with_camera_p95_ms": filmed["p95_ms"],
        "bare_tap_p50_ms": bare["p50_ms"],
        "bare_tap_p95_ms": bare["p95_ms"],
        "rss_peak_after_taps_mb": filmed["rss_peak_mb"],
    }


def rss_mb(pid: int) -> float:
    """Resident memory of a process, in millions of bytes."""
    kib = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    if kib is None:
        raise RuntimeError(f"Process {pid} has no memory of its own any more.")
    return int(kib[1]) * 1024 / 1e6
