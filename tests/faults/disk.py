"""Disks that are full, fail or cannot be written, under a till that somebody stands at.

Full and unwritable disks are small memory disks, which need root. Single failing calls are played
to the kiosk by strace, at every step of a COMMIT, as ENOSPC, EIO and EROFS.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.domain.entries import Sale, decode
from kiosk.domain.errors import JournalError
from kiosk.facts import ROOT
from kiosk.journal import Journal
from kiosk.journal.verify import verify
from kiosk.views import Notice, Screen
from tests.faults.frame import Fault, Log, Outcome, dice, needs, scratch
from tests.till.shop import WATER_CODE, Shop

DISK_BYTES = 1024 * 1024
SALES_MAX = 500
"""More than fit into what is left."""
CALLS = ("pwrite64", "fdatasync", "ftruncate", "openat", "unlink")
ERRORS = ("ENOSPC", "EIO", "EROFS")
IN_WORDS = ("the disk is full", "the disk can only be read", "the disk does not answer")


def run(rounds: int, seed: int, log: Log) -> Outcome:
    """One in five rounds a full disk, one an unwritable one, the rest failing calls."""
    outcome = Outcome()
    is_root = os.geteuid() == 0
    if not is_root:
        outcome.skipped.append("full and unwritable disks: need root (a memory disk)")
    for number in range(rounds):
        rng, where = dice(seed, "disk", number), f"round {number}"
        with scratch(in_memory=False) as folder:
            if is_root and number % 5 == 0:
                _full(folder, rng, where, outcome)
            elif is_root and number % 5 == 1:
                _unwritable(folder, where, outcome)
            else:
                _failing_calls(folder, rng, where, outcome)
        log.advance()
    return outcome


# --- full ---


def _full(folder: Path, rng: random.Random, where: str, outcome: Outcome) -> None:
    """Sells until nothing fits any more, then somebody makes room."""
    with _memory_disk(folder) as disk:
        shop = Shop(disk / "kiosk")
        shop.count_box(n500=2, c20=50, c100=50)
        thanked = [receipt for _ in range(3) if (receipt := _try_to_buy(shop))]
        ballast = disk / "ballast"
        _fill(ballast, disk, leave_bytes=rng.randrange(64 * 1024))
        for _ in range(SALES_MAX):
            receipt = _try_to_buy(shop)
            if receipt is None:
                break
            thanked.append(receipt)
        outcome.counts["full disks"] += 1
        outcome.counts["refusals said on the screen"] += shop.said is Notice.SAVE_FAILED
        outcome.expect(shop.said is Notice.SAVE_FAILED, f"{where}: a full disk was not said")
        outcome.expect(
            shop.screen() is Screen.CASH, f"{where}: the shopper lost his basket to a full disk"
        )
        ballast.unlink()
        shop.till.confirm_cash()  # the same tap again
        _wait_until_saved_or_not(shop)
        outcome.expect(shop.screen() is Screen.THANKS, f"{where}: no sale though there is room")
        if shop.state.thanks is not None:
            thanked.append(shop.state.thanks.receipt)
            outcome.counts["the same tap saved it once there was room"] += 1
        shop.journal.close()
        _check(disk / "kiosk", thanked, where, outcome)


def _try_to_buy(shop: Shop) -> str | None:
    """The receipt; None when it was refused, and the shopper is still at the cash screen."""
    if shop.screen() is Screen.THANKS:
        shop.till.finish()
    shop.scan(WATER_CODE)
    shop.till.pay_cash()
    shop.till.exact_amount(True)  # the box never runs out of change
    shop.till.confirm_cash()
    _wait_until_saved_or_not(shop)
    return shop.state.thanks.receipt if shop.state.thanks else None


def _wait_until_saved_or_not(shop: Shop) -> None:
    """As Shop.settle, which itself writes something and needs a disk for it."""
    while shop.state.saving:
        shop._posted.get(timeout=20)()


def _fill(ballast: Path, disk: Path, leave_bytes: int) -> None:
    free = os.statvfs(disk)
    size = max(0, free.f_bavail * free.f_frsize - leave_bytes)
    with ballast.open("wb") as file:
        file.write(bytes(size))


def _check(directory: Path, thanked: list[str], where: str, outcome: Outcome) -> None:
    journal = Journal.open(directory)
    stored = [x.receipt for x in journal.entries() if isinstance(decode(x.payload).body, Sale)]
    journal.close()
    outcome.counts["sales thanked for"] += len(thanked)
    outcome.expect(stored == thanked, f"{where}: thanked for {thanked}, stored are {stored}")
    outcome.expect(verify(directory).ok, f"{where}: the journal is not in order")


# --- not to be written at all ---


def _unwritable(folder: Path, where: str, outcome: Outcome) -> None:
    """A start on a disk that the system mounted for reading only, and one after it was mended."""
    with _memory_disk(folder) as disk:
        directory = disk / "kiosk"
        shop = Shop(directory)
        shop.count_box(n500=2, c20=50, c100=50)
        thanked = [receipt for _ in range(2) if (receipt := _try_to_buy(shop))]
        shop.journal.close()
        _mount("-o", "remount,ro", str(disk))
        try:
            Journal.open(directory).close()
        except JournalError as error:
            said = str(error)
        else:
            said = ""
        outcome.counts["starts on a disk that can only be read, refused in words"] += bool(said)
        outcome.expect(bool(said), f"{where}: it opened a journal that cannot be written")
        outcome.expect(str(directory) in said, f"{where}: it does not say where to look: {said}")
        _mount("-o", "remount,rw", str(disk))
        _check(directory, thanked, where, outcome)


@contextmanager
def _memory_disk(folder: Path) -> Iterator[Path]:
    place = folder / "disk"
    place.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True, capture_output=True)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


# --- calls that fail ---


def _failing_calls(folder: Path, rng: random.Random, where: str, outcome: Outcome) -> None:
    """A few calls in a row fail somewhere; each sale is tapped again until it is taken."""
    directory = folder / "kiosk"
    Journal.open(directory).close()
    first = rng.randint(1, 40)
    failure = (
        f"{rng.choice(CALLS)}:error={rng.choice(ERRORS)}:when={first}..{first + rng.randint(0, 2)}"
    )
    done, injected = _under_strace(folder, directory, failure)
    outcome.counts["starts and sales with failing calls"] += 1
    outcome.counts["calls that failed"] += injected
    if done.returncode != 0:
        # It did not even start: nothing was told, and the next start finds all in order.
        words = done.stderr.strip().splitlines()[-1:]
        outcome.counts["of which the start was refused"] += 1
        outcome.expect(injected > 0, f"{where}: {failure}: it fell over by itself: {words}")
        outcome.expect(verify(directory).ok, f"{where}: {failure}: not in order after {words}")
        return
    told = json.loads(done.stdout)["told"]
    journal = Journal.open(directory)
    stored = list(journal.entries())
    journal.close()
    visits = [decode(one.payload).body.checkout_id for one in stored]
    outcome.counts["sales told to be saved"] += len(told)
    outcome.expect(
        all(pair in [[x.seq, x.hash.hex()] for x in stored] for pair in told),
        f"{where}: {failure}: told {told}, which is not what is stored",
    )
    outcome.expect(len(set(visits)) == len(visits), f"{where}: {failure}: doubled {visits}")
    outcome.expect(verify(directory).ok, f"{where}: {failure}: the journal is not in order")


def _under_strace(
    folder: Path, directory: Path, failure: str
) -> tuple[subprocess.CompletedProcess[str], int]:
    calls = folder / "calls.txt"
    # Only calls on the kiosk's own files fail; a Python that cannot load is no finding.
    only = [word for name in FILES for word in ("-P", str(directory / name))]
    command = ["strace", "-f", "-o", str(calls), *only, "-e", f"inject={failure}"]
    done = subprocess.run(
        [*command, sys.executable, "-m", "tests.journal.sell_on_faulty_disk", str(directory)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done, calls.read_text().count("INJECTED")


FILES = ("journal.sqlite3", "journal.sqlite3-journal", "identity.json", "kiosk-1.key", "")

FAULT = Fault(
    "disk",
    "the disk is full, fails, or can only be read",
    "no thanks without a COMMIT, a notice on the screen, the same tap works once there is room",
    "disks",
    200,
    10,
    run,
    lambda: needs("strace"),
)
