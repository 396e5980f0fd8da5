"""A quiet counter as a 30 fps camera sees it: 640×480 MJPEG with a sensor's noise, twenty seconds.

python tests/bench/floor_film.py FILE.avi
"""

from __future__ import annotations

import sys

import cv2
import numpy as np

FRAMES = 600


def main() -> None:
    """Writes the film."""
    rng = np.random.default_rng(7)
    counter = cv2.resize(
        rng.integers(60, 200, (30, 40, 3), dtype=np.uint8),
        (640, 480),
        interpolation=cv2.INTER_CUBIC,
    )
    writer = cv2.VideoWriter(sys.argv[1], cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (640, 480))
    for _ in range(FRAMES):
        noise = rng.normal(0, 3, counter.shape)
        writer.write(np.clip(counter + noise, 0, 255).astype(np.uint8))
    writer.release()
    print('{"frames": %d}' % FRAMES)  # noqa: UP031


if __name__ == "__main__":
    main()
