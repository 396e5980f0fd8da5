"""The texts of the screens: all there in Kazakh and Russian, and saying what the English says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from kiosk.i18n import Texts

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "assets" / "locale"
LANGUAGES = ("kk", "ru")
PLACEHOLDER = re.compile(r"{\w*}")


def catalogue_of(language):
    with (LOCALE / language / "LC_MESSAGES" / "adal.po").open("rb") as file:
        return read_po(file, locale=language)


def asked_for(tmp_path):
    """Every text that the code asks for, as `./run i18n` collects it."""
    template = tmp_path / "adal.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
    options = ["--mapping=pyproject.toml", f"--output={template}", "kiosk", "sync", "kiosk.kv"]
    subprocess.run([*command, *options], cwd=ROOT, check=True)
    with template.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


def forms(text):
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(language, tmp_path):
    translated = {m.id for m in catalogue_of(language) if m.id}
    assert asked_for(tmp_path) == translated


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_empty_or_a_guess(language):
    for message in catalogue_of(language):
        if message.id:
            assert all(forms(message.string)), message.id
            assert not message.fuzzy, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_take_the_same_words_in(language):
    for message in catalogue_of(language):
        wanted = sorted(PLACEHOLDER.findall(forms(message.id)[-1] if message.id else ""))
        for text in forms(message.string) if message.id else []:
            assert sorted(PLACEHOLDER.findall(text)) == wanted, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_file_says_what_the_written_one_says(language):
    folder = LOCALE / language / "LC_MESSAGES"
    with (folder / "adal.mo").open("rb") as file:
        compiled = {forms(m.id)[0]: forms(m.string) for m in read_mo(file) if m.id}
    written = {forms(m.id)[0]: forms(m.string) for m in catalogue_of(language) if m.id}
    assert compiled == written


@pytest.mark.parametrize(
    ("count", "russian"),
    [(1, "1 товар"), (2, "2 товара"), (5, "5 товаров"), (11, "11 товаров"), (21, "21 товар")],
)
def test_russian_has_three_forms_and_kazakh_one(count, russian):
    texts = Texts(LOCALE)
    many = texts.in_language("ru").ngettext("{n} item", "{n} items", count)
    assert many.format(n=count) == russian
    one = texts.in_language("kk").ngettext("{n} item", "{n} items", count)
    assert one.format(n=count) == f"{count} тауар"


def test_an_unknown_language_speaks_english():
    assert Texts(LOCALE).in_language("de").gettext("Total") == "Total"
