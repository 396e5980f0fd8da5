"""Every text a person can meet is there in Kazakh and Russian, and says the same things."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "assets" / "locale"
LANGUAGES = ("kk", "ru")


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Give the texts in the sources, found as `./run i18n` finds them."""
    template = tmp_path_factory.mktemp("texts") / "adal.pot"
    sources = [name for name in ("kiosk", "sync", "kiosk.kv") if (ROOT / name).exists()]
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet"]
    options = ["--mapping=pyproject.toml", "--no-location", f"--output={template}"]
    subprocess.run(
        [*babel, "extract", *options, *sources],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    with template.open("rb") as file:
        return [message.id for message in read_po(file) if message.id]


def catalogue(language):
    with (LOCALE / language / "LC_MESSAGES" / "adal.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(text):
    return list(text) if isinstance(text, tuple | list) else [text]


def test_there_are_texts_to_translate(texts):
    assert len(texts) > 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(texts, language):
    known = catalogue(language)
    missing = [
        text
        for text in texts
        if text not in known or known[text].fuzzy or not all(forms(known[text].string))
    ]
    assert missing == [], "./run i18n collects them; then translate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(texts, language):
    used = {forms(text)[0] for text in texts}
    assert [m.id for m in catalogue(language) if m.id and forms(m.id)[0] not in used] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_fills_in_the_same_things(language):
    assert [m.id for m in catalogue(language) if m.id and not same_blanks(m.id, m.string)] == []


def same_blanks(source, translation):
    """Say whether the same {names} are filled in; one form of a plural may leave some out."""
    wanted = blanks(" ".join(forms(source)))
    found = [blanks(form) for form in forms(translation)]
    if len(forms(source)) == 1:
        return found == [wanted]
    return all(each <= wanted for each in found)


def blanks(text):
    return set(re.findall(r"\{\w*\}", text))


def test_a_forgotten_blank_is_seen():
    assert not same_blanks("Take {sum}", "Возьмите")
    assert not same_blanks(("{n} item", "{n} items"), ("{n} товар", "{m} товара", "{n} товаров"))
    assert same_blanks(("one item", "{n} items"), ("товар", "{n} товара", "{n} товаров"))
