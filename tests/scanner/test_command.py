"""``python -m kiosk scan``, as an operator types it."""

import argparse
import json
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from kiosk.domain.errors import CameraError
from kiosk.scanner.command import add_command
from kiosk.scanner.frames import ArrayFrame
from kiosk.scanner.known import KnownCodes
from tests.scanner.pictures import TEA, WATER, counter, knowing, pack


class Film:
    """A camera that shows some pictures and is then stopped by Ctrl-C."""

    def __init__(self, *pictures: np.ndarray) -> None:
        self._pictures = list(pictures)
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def read(self, timeout_s: float) -> ArrayFrame:
        if not self._pictures:
            raise KeyboardInterrupt
        return ArrayFrame(self._pictures.pop(0))

    def close(self) -> None:
        self.is_open = False


def scan(*words: str, film: Film | None = None, shop: KnownCodes | None = None) -> int:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    make: Callable = lambda: lambda: film or Film()  # noqa: E731
    add_command(commands, make, lambda: shop or KnownCodes())
    options = parser.parse_args(["scan", *words])
    return options.run(options)


@pytest.fixture
def photo(tmp_path):
    def save(picture: np.ndarray, name: str = "pack.png") -> str:
        path = tmp_path / name
        cv2.imwrite(str(path), picture)
        return str(path)

    return save


def test_it_prints_code_symbology_stage_and_time(photo, capsys):
    file = photo(pack(WATER))
    assert scan(file) == 0
    source, text, symbology, stage, took, unit = capsys.readouterr().out.split()
    assert (source, text, symbology, stage, unit) == (file + ":", WATER, "ean13", "zxing", "ms")
    assert float(took) > 0


def test_as_json_every_line_is_an_object(photo, capsys):
    files = [photo(pack(WATER)), photo(counter(), "counter.jpg")]
    assert scan("--json", *files) == 1, "one of them shows no code"
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["code"], first["gtin14"], first["stage"]) == (WATER, "0" + WATER, "zxing")
    assert (second["source"], second["code"]) == (files[1], None)


def test_with_the_catalogue_only_goods_of_this_kiosk_count(photo, capsys):
    file = photo(pack(WATER))
    assert scan("--catalogue", file, shop=knowing(TEA)) == 1
    assert scan("--catalogue", file, shop=knowing(WATER)) == 0
    assert "no code read" in capsys.readouterr().out


def test_transparent_and_deep_pictures_are_read(photo, capsys):
    grey = pack(WATER)
    see_through = np.dstack([np.zeros_like(grey)] * 3 + [255 - grey])
    deep = grey.astype(np.uint16) * 257
    assert scan(photo(see_through), photo(deep, "deep.png")) == 0


def test_the_camera_tells_each_pack_once(capsys):
    film = Film(counter(), *[pack(WATER)] * 5, *[pack(TEA)] * 5)
    assert scan("--camera", "--json", film=film) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["code"] for line in lines] == [WATER, TEA]
    assert not film.is_open


def test_what_is_no_picture_is_refused_in_words(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("no picture")
    for path in (file, tmp_path / "missing.png"):
        with pytest.raises(CameraError, match=r"cannot be read as a picture"):
            scan(str(path))


@pytest.mark.parametrize("words", [[], ["--camera", "pack.png"]])
def test_pictures_or_the_camera_must_be_named(words, capsys):
    with pytest.raises(SystemExit):
        scan(*words)
    assert "name pictures, or --camera" in capsys.readouterr().err
