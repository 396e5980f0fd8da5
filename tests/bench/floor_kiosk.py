"""The whole kiosk as it starts in a lobby; says when the start screen has taken its first tap.

python tests/bench/floor_kiosk.py DIRECTORY [CAMERA]
"""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.config import check_config
from kiosk.front_room import make_app
from kiosk.views import Screen, TillState


def main() -> None:
    """Runs until killed."""
    directory = Path(sys.argv[1])
    source = sys.argv[2] if len(sys.argv) > 2 else "none"
    config = check_config({"camera": {"source": source}, "sound": {"enabled": False}}, "bench")
    app, kiosk = make_app(config, directory)
    if source == "none":
        kiosk.till.subscribe(_say_when_tapped)
    try:
        app.run()
    finally:
        kiosk.stop()


def _say_when_tapped(state: TillState) -> None:
    if state.screen is not Screen.START:
        print("TAPPED", flush=True)


if __name__ == "__main__":
    main()
