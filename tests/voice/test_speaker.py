"""The real espeak-ng speaks, into files: all three languages, the newest sentence first."""

import logging
import os
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.voice import speaker as room
from kiosk.voice.speaker import Speaker

PATIENCE_S = 60.0


@pytest.fixture
def speaker(tmp_path: Path) -> Iterator[Speaker]:
    made = Speaker(folder=tmp_path)
    yield made
    made.stop()


def seconds_of(path: Path) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("kk", "Төлеуге: 1250 теңге. 200 теңгелік монета: 1."),
        ("ru", "К оплате: 1250 тенге. Монета 200 тенге: 1."),
        ("en", "To pay: 1250 tenge. 200 tenge coin: 1."),
    ],
)
def test_a_sum_is_spoken_in_words_in_every_language(
    speaker: Speaker, tmp_path: Path, language: str, text: str
) -> None:
    speaker.say(text, language)
    assert speaker.wait_until_silent(PATIENCE_S)
    (file,) = tmp_path.glob("*.wav")
    # Spelled out digit by digit or letter by letter it would be three times as long.
    assert 2.5 < seconds_of(file) < 9.0


def test_the_newest_sentence_stops_the_one_that_is_being_said(
    speaker: Speaker, tmp_path: Path
) -> None:
    # Nobody reads the first one's file, so it would never come to an end.
    os.mkfifo(tmp_path / "0001-ru.wav")
    speaker.say("Отсканируйте штрихкод товара", "ru")
    with speaker._wake:
        assert speaker._wake.wait_for(lambda: speaker._process is not None, PATIENCE_S)
    speaker.say("К оплате: 250 тенге", "ru")
    assert speaker.wait_until_silent(PATIENCE_S)
    assert seconds_of(tmp_path / "0002-ru.wav") > 1.0


def test_hushed_it_ends_what_it_says_and_begins_nothing(speaker: Speaker, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "0001-ru.wav")
    speaker.say("Отсканируйте штрихкод товара", "ru")
    speaker.hush()
    assert speaker.wait_until_silent(PATIENCE_S)
    assert [file.name for file in tmp_path.iterdir()] == ["0001-ru.wav"]


def test_a_name_is_never_an_option(speaker: Speaker, tmp_path: Path) -> None:
    speaker.say("--version -w /nowhere", "en")
    assert speaker.wait_until_silent(PATIENCE_S)
    assert seconds_of(tmp_path / "0001-en.wav") > 0.5


def test_without_the_program_the_kiosk_goes_on_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(room, "PROGRAM", str(tmp_path / "none"))
    speaker = Speaker(folder=tmp_path)
    with caplog.at_level(logging.ERROR):
        for text in ("one", "two"):
            speaker.say(text, "en")
            assert speaker.wait_until_silent(PATIENCE_S)
    speaker.stop()
    assert len(caplog.records) == 1
    assert "doctor" in caplog.text
