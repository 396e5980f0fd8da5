"""Curious fingers: taps, doubled taps, drags, keys and a scanner's typing, as real X events.

Events made inside Kivy would not pass where a panel's doubles arise: these come by XTEST through
the X server and SDL, as from a panel. The kiosk is the whole program, filling a display of its
own.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from kiosk.domain.entries import Sale, decode
from kiosk.facts import ROOT
from kiosk.journal.database import JOURNAL_FILE
from kiosk.journal.store import Reader
from kiosk.journal.verify import verify
from tests.faults.frame import Fault, Log, Outcome, dice, needs, scratch
from tests.faults.lobby import SIZE, display, furnish
from tests.till.shop import TEA_CODE, UNKNOWN_CODE, WATER_CODE

AT_ONCE = (1, 1, 2, 6)
"""Events between two looks at what is on the screen: who looks each time comes as far as a sale,
who does not hits what has just changed."""
PATIENCE_S = 60.0
DOUBLED_MS = (0, 5, 20, 40, 70, 150)
KEYS = (
    *("Escape", "F1", "F4", "F5", "F10", "F11", "F12", "Tab", "Return", "space", "BackSpace"),
    *("Delete", "Home", "Print", "Menu", "Super_L", "Alt_L", "ctrl+c", "ctrl+v", "ctrl+q"),
    *("ctrl+w", "ctrl+e", "ctrl+alt+Delete", "alt+F4", "alt+Tab", "ctrl+shift+i", "ctrl+m"),
    *("shift+a", "a", "7", "minus", "Up", "Down", "XF86AudioMute", "XF86Back"),
)
CODES = (WATER_CODE[1:], TEA_CODE[1:], UNKNOWN_CODE[1:])

ONWARD = ("confirm", "take_change", "exact", "pay_cash", "pay_qr")
"""Keys on the way to a sale; a hand at random would hardly ever come so far."""

BACK = ("back", "begin", "stay", "go_on")
"""Keys out of a screen that leads nowhere."""

Places = list[tuple[int, int, str]]
"""Where keys are, and what they are called."""


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """A round: one event, though a doubled tap or a typed code is several for the X server."""
    outcome = Outcome()
    rng = dice(seed, "fingers")
    with scratch() as folder, display() as environment:
        directory = folder / "kiosk"
        furnish(directory)
        kiosk = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.touched_kiosk", str(directory)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            _touch(kiosk, directory / "keys.json", environment, rng, rounds, log, outcome)
            _expect_window(environment, outcome)
            kiosk.send_signal(signal.SIGTERM)
            said, complained = kiosk.communicate(timeout=PATIENCE_S)
        finally:
            kiosk.kill()
        if kiosk.returncode != 0 or not said:
            outcome.expect(False, f"it ended with {kiosk.returncode}: {complained[-2000:]}")
            return outcome
        _check(directory, json.loads(said.splitlines()[-1]), outcome)
    return outcome


def _touch(
    kiosk: subprocess.Popen[str],
    keys: Path,
    environment: dict[str, str],
    rng: random.Random,
    rounds: int,
    log: Log,
    outcome: Outcome,
) -> None:
    hand = subprocess.Popen(
        ["xdotool", "-"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert hand.stdin is not None
    look = begun = 0
    while begun < rounds:
        if (seen := _next_look(keys, look, kiosk)) is None:
            outcome.expect(False, f"event {begun}: the kiosk is gone or hangs")
            break
        look = seen["look"]
        count = min(rng.choice(AT_ONCE), rounds - begun)
        begun += count
        kinds = rng.choices(list(EVENTS), [weight for weight, _ in EVENTS.values()], k=count)
        lines = [line for kind in kinds for line in EVENTS[kind][1](rng, seen["keys"])]
        hand.stdin.write(("\n".join(lines) + "\n").encode())
        hand.stdin.flush()
        outcome.counts.update(kinds)
        log.advance(count)
    hand.stdin.close()
    hand.wait(PATIENCE_S)
    _next_look(keys, look + 2, kiosk)


def _next_look(keys: Path, after: int, kiosk: subprocess.Popen[str]) -> dict[str, Any] | None:
    """What can be touched now; None when the kiosk does not draw any more."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at and kiosk.poll() is None:
        if keys.exists():
            seen: dict[str, Any] = json.loads(keys.read_text())
            if seen["look"] > after:
                return seen
        time.sleep(0.01)
    return None


def _expect_window(environment: dict[str, str], outcome: Outcome) -> None:
    """One window, over the whole display, still there."""
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", ".*", "getwindowgeometry", "--shell", "%@"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    whole = f"X=0\nY=0\nWIDTH={SIZE[0]}\nHEIGHT={SIZE[1]}"
    outcome.expect(whole in found, f"the window does not fill the screen any more: {found!r}")


def _check(directory: Path, told: dict[str, Any], outcome: Outcome) -> None:
    bodies = [decode(one.payload).body for one in Reader(directory / JOURNAL_FILE).entries()]
    sales = [body.checkout_id for body in bodies if isinstance(body, Sale)]
    outcome.counts["sales, one for each confirmation"] += len(sales)
    outcome.counts["errors"] += len(told["errors"])
    twice = [checkout for checkout, count in Counter(sales).items() if count > 1]
    outcome.expect(not twice, f"sold twice: {twice}")
    outcome.expect(
        sorted(sales) == sorted(told["confirmed"]),
        f"{len(told['confirmed'])} confirmations, {len(sales)} sales",
    )
    outcome.expect(
        len(told["receipts"]) == len(sales), f"{len(told['receipts'])} thanks, {len(sales)} sales"
    )
    outcome.expect(not told["starts_again"], "the program was told to start again")
    outcome.expect(verify(directory).ok, "the journal is not in order")
    for error in told["errors"]:
        outcome.expect(False, error)


# --- what a finger does; each gives lines for xdotool ---


def _place(rng: random.Random, keys: Places) -> tuple[int, int]:
    """Mostly a key, and often one that leads on."""
    onward = [key for key in keys if key[2] in ONWARD] or [key for key in keys if key[2] in BACK]
    for wanted, often in ((onward, 0.6), (keys, 0.5)):
        if wanted and rng.random() < often:
            # A keyboard's many keys together are as likely as one key that has a name.
            name = rng.choice(sorted({key[2] for key in wanted}))
            x, y, _name = rng.choice([key for key in wanted if key[2] == name])
            return x, y
    return rng.randrange(SIZE[0]), rng.randrange(SIZE[1])


def _tap(rng: random.Random, keys: Places) -> list[str]:
    x, y = _place(rng, keys)
    return [f"mousemove {x} {y} click --delay 0 1"]


def _doubled(rng: random.Random, keys: Places) -> list[str]:
    """One touch that the panel reports twice, or three times, at the same spot or beside it."""
    x, y = _place(rng, keys)
    lines = [f"mousemove {x} {y} click --delay 0 1"]
    for _ in range(rng.randint(1, 2)):
        lines.append(f"sleep {rng.choice(DOUBLED_MS) / 1000}")
        beside = f"{max(0, x + rng.randint(-3, 3))} {max(0, y + rng.randint(-3, 3))}"
        lines.append(f"mousemove {beside} click --delay 0 1")
    return lines


def _drag(rng: random.Random, keys: Places) -> list[str]:
    (x, y), (to_x, to_y) = _place(rng, keys), _place(rng, [])
    half = f"{(x + to_x) // 2} {(y + to_y) // 2}"
    return [f"mousemove {x} {y} mousedown 1 mousemove {half} mousemove {to_x} {to_y} mouseup 1"]


def _key(rng: random.Random, _keys: Places) -> list[str]:
    return [f"key {rng.choice(KEYS)}"]


def _scan(rng: random.Random, _keys: Places) -> list[str]:
    """A USB scanner types a code."""
    return [f"type --delay 2 {rng.choice(CODES)}", "key Return"]


def _other_button(rng: random.Random, keys: Places) -> list[str]:
    x, y = _place(rng, keys)
    return [f"mousemove {x} {y} click --delay 0 {rng.randint(2, 7)}"]


EVENTS = {
    "taps": (48, _tap),
    "doubled taps": (16, _doubled),
    "drags": (12, _drag),
    "keys": (8, _key),
    "scans by keys": (14, _scan),
    "other buttons": (2, _other_button),
}
"""By name: how often, and how."""

FAULT = Fault(
    "fingers",
    "taps, doubled touches, drags and keys at random, by X events",
    "the program is never left, one sale for each confirmation, no error",
    "events",
    10_000,
    60,
    run,
    lambda: needs("Xvfb", "xdotool"),
)
