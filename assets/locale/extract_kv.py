"""Find the texts to translate in kv files, for Babel (`./run i18n`).

A kv file is not Python as a whole, but every expression in it is, so each line is read with
Python's own tokenizer. Babel's JavaScript reader will not do: the apostrophe in a comment such as
"it's" hides every text up to the next one.
"""

import ast
import io
import tokenize
from collections.abc import Iterator
from typing import Any, BinaryIO

Text = str | None
Found = tuple[int, str, Text | tuple[Text, ...], list[str]]
OPENING, CLOSING = frozenset("([{"), frozenset(")]}")
SPACE = frozenset({tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.ENDMARKER})


def extract(
    file: BinaryIO, keywords: dict[str, Any], comment_tags: object, options: dict[str, Any]
) -> Iterator[Found]:
    """Yield (line, function, texts, comments) for each call of one of the keywords.

    The signature is the one Babel asks of an extraction method.
    """
    tokens = list(_tokens(file.read().decode("utf-8")))
    for at, (line, kind, name) in enumerate(tokens[:-1]):
        if kind == tokenize.NAME and name in keywords and tokens[at + 1][2] == "(":
            texts = tuple(_arguments(tokens[at + 2 :]))
            yield line, name, texts if len(texts) > 1 else texts[0], []


def _tokens(source: str) -> Iterator[tuple[int, int, str]]:
    for number, line in enumerate(source.splitlines(), start=1):
        reader = io.StringIO(line.strip()).readline
        try:
            for token in tokenize.generate_tokens(reader):
                if token.type not in SPACE:
                    yield number, token.type, token.string
        except (tokenize.TokenError, SyntaxError):
            continue  # A bracket left open is closed on a later line; what was read counts.


def _arguments(tokens: list[tuple[int, int, str]]) -> Iterator[Text]:
    """Yield the text of each argument up to the closing bracket; None where it is no plain text."""
    depth, text, plain = 0, "", True
    for _line, kind, word in tokens:
        if depth == 0 and word in (",", ")"):
            yield text if plain and text else None
            text, plain = "", True
            if word == ")":
                return
        elif kind == tokenize.STRING:
            text += ast.literal_eval(word)
        else:
            plain = False
            depth += (word in OPENING) - (word in CLOSING)
