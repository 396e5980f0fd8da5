"""The whole kiosk with a full shelf in its window, and a hand that works in it and watches."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from kiosk.config import check_config
from kiosk.front_room import make_app
from kiosk.parts import Kiosk
from tests.bench.floor_flips import Flips, or_end
from tests.bench.floor_shop import fill_shelf, make_shop


class Worker(Protocol):
    """Works in a thread of his own and closes the window when he is done."""

    flips: Flips

    def run(self) -> None:
        """Works to the end."""


W = TypeVar("W", bound=Worker)


def worked(make_worker: Callable[[Any, Kiosk], W], source: str = "none") -> W:
    """Lets a worker into a shop made for him; gives him back, with what he saw, at the end.

    ``source`` is the camera, as in config.toml.
    """
    with tempfile.TemporaryDirectory(prefix="adal-bench-") as name:
        directory = Path(name)
        make_shop(directory)
        fill_shelf(directory)
        config = check_config({"camera": {"source": source}, "sound": {"enabled": False}}, "bench")
        app, kiosk = make_app(config, directory)
        worker = make_worker(app, kiosk)
        worker.flips.watch()
        threading.Thread(target=or_end, args=(worker.run,), daemon=True).start()
        try:
            app.run()
        finally:
            kiosk.stop()
    return worker
