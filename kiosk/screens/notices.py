"""The words for what the till has to say: calm, and each says what to do next."""

from __future__ import annotations

from kiosk.screens.fit import in_one_piece, tied
from kiosk.screens.tr import tr
from kiosk.views import Notice, Said

REFUSALS = frozenset(
    {
        Notice.NOT_FOR_SALE,
        Notice.NO_PRODUCT_CODE,
        Notice.CODE_MISTYPED,
        Notice.CASE_CODE,
        Notice.TOO_MANY,
    }
)
"""Why a code did not go into the basket."""

_PHONES = frozenset({Notice.HELP_CALLED, Notice.HELP_WAITS})
"""What these are about is a telephone number."""


def sentence_of(said: Said) -> str:
    """The notice as a sentence in the current language."""
    _ = tr._
    sentences = {
        Notice.ADDED: _("Added: {name}"),
        Notice.UNKNOWN: _("Item not found. Enter the price from the shelf tag."),
        Notice.NOT_FOR_SALE: _("{name}: not sold here. Please put it back on the shelf."),
        Notice.NO_PRODUCT_CODE: _("This is not an item's code. Look for the striped barcode."),
        Notice.CODE_MISTYPED: _("A digit is wrong or missing. Please type the code once more."),
        Notice.CASE_CODE: _("This is the code of a whole box. Scan a single item."),
        Notice.TOO_MANY: _("No more than 99 of one item."),
        Notice.SAVE_FAILED: _("It could not be saved. Please try again or call a volunteer."),
        Notice.HELP_CALLED: _("A volunteer has been called. Telephone: {name}")
        if said.name
        else _("A volunteer has been called."),
        Notice.HELP_WAITS: _("There is no connection. Please phone a volunteer: {phone}")
        if said.name
        else _(
            "There is no connection. The call for a volunteer goes out as soon as there is one."
        ),
        Notice.SUGGESTION_SENT: _("Thank you! Your suggestion is saved."),
        Notice.RECEIPT_NOT_FOUND: _("No such receipt in the last minutes. Check the number."),
        Notice.UNDONE: _("The purchase is undone: {name}"),
        Notice.PIECE_NOTED: _("Noted. Here is another way to make the change."),
    }
    name = in_one_piece(said.name) if said.notice in _PHONES else tied(said.name)
    return sentences[said.notice].format(name=name, phone=name)
