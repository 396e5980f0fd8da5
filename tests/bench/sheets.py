"""How long a table of 5,000 goods takes from the file to the COMMIT, and whether a window lives.

Read, compare and save run as on the kiosk: a worker thread reads, the writer thread commits, and
this thread beats like a window's, 60 times a second. Its longest pause beyond a beat is the stall
that a volunteer would see; beating beside a thread that only counts, for as long, gives what the
machine and the interpreter's lock take by themselves.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.progress import track

from kiosk.admin.product_ids import new_product_id
from kiosk.domain.barcode import check_digit
from kiosk.domain.products import Product
from kiosk.sheets.preview import Preview, preview
from kiosk.sheets.read import read_table
from kiosk.sheets.write import write_products
from tests.sheets.shops import DiskShop, open_shop

ROWS = 5_000
RUNS = 3
BEAT_S = 1 / 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--rows", type=int, default=ROWS, help=f"goods (default {ROWS})")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"imports (default {RUNS})")


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Imports the table into empty shops; the best run's times, the worst run's stall."""
    quiet = args.json
    took, stalls = [], []
    cpu_s = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "goods.xlsx")
        started_s = time.perf_counter()
        write_products(path, _goods(args.rows), {})
        write_s = time.perf_counter() - started_s
        for number in track(range(args.runs), "imports", transient=True, disable=quiet):
            started_s = time.process_time()
            times, stall_s = _import(path, Path(folder, f"shop-{number}"))
            cpu_s.append(time.process_time() - started_s)
            took.append(times)
            stalls.append(stall_s)
        bare_stall_s = _beat_beside_counting(min(sum(times) for times in took))
        size = path.stat().st_size
    read_s, compare_s, save_s = min(took, key=sum)
    return {
        "rows": args.rows,
        "file_kb": round(size / 1000),
        "write_s": round(write_s, 2),
        "read_s": round(read_s, 2),
        "compare_s": round(compare_s, 2),
        "save_s": round(save_s, 2),
        "import_s": round(read_s + compare_s + save_s, 2),
        "import_worst_s": round(max(sum(times) for times in took), 2),
        "import_cpu_s": round(min(cpu_s), 2),
        "stall_max_ms": round(max(stalls) * 1e3, 1),
        "stall_beside_counting_ms": round(bare_stall_s * 1e3, 1),
    }


def _import(path: Path, directory: Path) -> tuple[tuple[float, float, float], float]:
    """Seconds of reading, comparing and saving; the longest stall of this thread meanwhile."""
    with open_shop(directory) as shop, ThreadPoolExecutor(1) as worker:
        started_s = time.perf_counter()
        reading = worker.submit(_compare, path, shop)
        stall_s = _beat_until(reading)
        found, read_s = reading.result()
        compared_s = time.perf_counter()
        # As the desk does it: the shelf is asked in the window's thread, the writer commits.
        asked_s = time.perf_counter()
        saving = shop.start_saving(found.products, "bench")
        stall_s = max(stall_s, time.perf_counter() - asked_s - BEAT_S, _beat_until(saving))
        saving.result()
        saved_s = time.perf_counter()
        assert len(shop.catalogue.products) == len(found.products) > 0
    return (read_s, compared_s - started_s - read_s, saved_s - compared_s), stall_s


def _compare(path: Path, shop: DiskShop) -> tuple[Preview, float]:
    started_s = time.perf_counter()
    table = read_table(path)
    read_s = time.perf_counter() - started_s
    found = preview(table, shop.catalogue, new_product_id)
    assert found.can_apply
    return found, read_s


def _beat_until(future: Future[Any]) -> float:
    """The longest time by which a beat came late until the future is done."""
    late_s = 0.0
    while not future.done():
        late_s = max(late_s, _beat())
    return late_s


def _beat_beside_counting(duration_s: float) -> float:
    """The longest lateness while another thread does nothing but count."""
    end_s = time.perf_counter() + duration_s

    def count() -> int:
        number = 0
        while time.perf_counter() < end_s:
            number += 1
        return number

    with ThreadPoolExecutor(1) as worker:
        return _beat_until(worker.submit(count))


def _beat() -> float:
    """One beat of the window's clock, and how late it came."""
    started_s = time.perf_counter()
    time.sleep(BEAT_S)
    return time.perf_counter() - started_s - BEAT_S


def _goods(count: int) -> list[Product]:
    return [
        Product(
            f"product-{n}",
            {"kk": f"Тауар {n}, 0,5 л", "ru": f"Товар {n}, 0,5 л", "en": f"Item {n}, 0.5 l"},
            100 + n % 900,
            "snacks",
            (_code(n),),
            "chips",
        )
        for n in range(count)
    ]


def _code(number: int) -> str:
    payload = f"0487{number:09}"
    return payload + check_digit(payload)
