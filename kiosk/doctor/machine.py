"""Is the computer fit: disk, memory, warmth, power, clock?"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kiosk.clock import BUILT_MS, system_wall_ms
from kiosk.doctor.finding import Finding, good, look, wrong
from kiosk.machine_facts import Facts, read_facts, text_of

FREE_WRONG_BYTES = 200_000_000
FREE_LOOK_BYTES = 1_000_000_000
MEMORY_LOOK_BYTES = 900_000_000
WARM_C, HOT_C = 75.0, 84.0
"""A Raspberry Pi slows itself down from 80 °C, hard from 85."""
SLOW_WRITE_MS = 150.0
"""A sale waits for three or four of these before it says thanks."""
_WRITES = 15
_FORGETTING = frozenset({"tmpfs", "ramfs", "overlay", "squashfs"})
"""What is written there is gone, or may be, after a restart."""
_ASK_TIMEOUT_S = 10


def findings(directory: Path, root: Path = Path("/")) -> Iterator[Finding]:
    """Args: directory: the kiosk's data. root: where ``proc``, ``sys`` and ``etc`` lie."""
    facts = read_facts(directory if directory.is_dir() else _parent(directory), root)
    yield _free(facts)
    yield _lasting(directory, root)
    yield _writing(directory)
    yield from _memory(facts)
    yield from _warmth(facts)
    yield from _power(root)
    yield _clock(root)


def _parent(path: Path) -> Path:
    return next((p for p in path.parents if p.is_dir()), Path("/"))


def _free(facts: Facts) -> Finding:
    if facts.disk_free_bytes is None:
        return wrong("disk", "cannot be read", "Check the memory card or disk.")
    free = f"{facts.disk_free_bytes / 1e9:.1f} GB free"
    if facts.disk_free_bytes < FREE_WRONG_BYTES:
        return wrong("disk", free, "Free some space: without it no sale can be saved.")
    if facts.disk_free_bytes < FREE_LOOK_BYTES:
        return look("disk", free, "Free some space, at least 1 GB.")
    return good("disk", free)


def _lasting(directory: Path, root: Path) -> Finding:
    kind = _file_system(directory.absolute(), root)
    if kind in _FORGETTING:
        return wrong(
            "data folder",
            f"{directory} is on {kind}: what is written there may be gone after a restart",
            "Put it on a partition of its own and name that in config.toml, [storage] directory.",
        )
    return good("data folder", f"{directory} ({kind or 'unknown file system'})")


def _file_system(path: Path, root: Path) -> str:
    """Its kind, by the longest mount point that the path lies under (proc_mounts(5))."""
    best, kind = -1, ""
    for line in text_of(root / "proc/mounts").splitlines():
        words = line.split()
        if len(words) < 3:
            continue
        point = words[1].replace("\\040", " ")
        # The later of two mounts on one point lies on top.
        if path.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), words[2]
    return kind


def _writing(directory: Path) -> Finding:
    place = directory if directory.is_dir() else _parent(directory)
    try:
        times_ms = _write_times_ms(place)
    except OSError as error:
        return wrong(
            "writing",
            f"{place}: {error.strerror or error}",
            "The disk is full, can only be read, or belongs to another user.",
        )
    median_ms = statistics.median(times_ms)
    says = f"{median_ms:.0f} ms for a small write to reach the disk"
    if median_ms > SLOW_WRITE_MS:
        return look("writing", says, "Sales are saved slowly: a better card (A2) or an SSD helps.")
    return good("writing", says)


def _write_times_ms(place: Path) -> list[float]:
    times_ms = []
    with tempfile.NamedTemporaryFile(dir=place, prefix=".adal-doctor-") as file:
        for _ in range(_WRITES):
            began_s = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            times_ms.append((time.perf_counter() - began_s) * 1e3)
    return times_ms


def _memory(facts: Facts) -> Iterator[Finding]:
    if facts.memory_bytes is None:
        return
    says = f"{facts.memory_bytes / 1e9:.1f} GB"
    if facts.memory_bytes < MEMORY_LOOK_BYTES:
        yield look("memory", says, "Use a computer with 2 GB.")
    else:
        yield good("memory", says)


def _warmth(facts: Facts) -> Iterator[Finding]:
    warm_c = facts.temperature_c
    if warm_c is None:
        return
    says = f"{warm_c:.0f} °C"
    if warm_c >= HOT_C:
        yield wrong("warmth", says, "Too hot, it slows itself down: give it air, or a fan.")
    elif warm_c >= WARM_C:
        yield look("warmth", says, "Warm: give it some air.")
    else:
        yield good("warmth", says)


def _power(root: Path) -> Iterator[Finding]:
    """A Raspberry Pi's own low-voltage alarm (Linux, driver raspberrypi-hwmon)."""
    for sensor in (root / "sys/class/hwmon").glob("hwmon*"):
        if text_of(sensor / "name").strip() != "rpi_volt":
            continue
        if text_of(sensor / "in0_lcrit_alarm").strip() == "1":
            yield wrong(
                "power",
                "the voltage is or was too low",
                "Use the maker's own power supply and a short cable: low voltage ruins cards.",
            )
        else:
            yield good("power", "the voltage is high enough")


def _clock(root: Path) -> Finding:
    now_ms = system_wall_ms()
    shown = f"{datetime.fromtimestamp(now_ms / 1e3, UTC):%Y-%m-%d %H:%M} UTC"
    if now_ms < BUILT_MS:
        return wrong(
            "clock",
            f"{shown}: before this program was made",
            "Connect the network or set it: timedatectl set-time. Until then nothing is sent.",
        )
    has_battery = any((root / "sys/class/rtc").glob("rtc*"))
    if _is_synchronised():
        return good("clock", f"{shown}, kept right by the network")
    if has_battery:
        return good("clock", f"{shown}, by the computer's own battery clock")
    return look(
        "clock",
        f"{shown}; nothing keeps it right",
        "Let it reach a network (timedatectl set-ntp true), or add a battery clock (DS3231). "
        "Sales keep their order without it.",
    )


def _is_synchronised() -> bool:
    command = shutil.which("timedatectl")
    if command is None:
        return False
    try:
        done = subprocess.run(
            [command, "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            timeout=_ASK_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == "yes"
