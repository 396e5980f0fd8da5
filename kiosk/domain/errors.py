"""The one tree of errors.

    AdalError
    ├── MoneyError        an amount or a piece of money that cannot be
    ├── BarcodeError      a code that names no product
    ├── ProductError      a product or a catalogue that contradicts itself
    ├── CheckoutError     a step that the visit does not allow now
    ├── EntryError        a payload that is no journal entry we can read
    ├── ChainError        entries that do not follow one another
    ├── ConfigError       config.toml: a key, its value, what is allowed
    ├── JournalError      the journal cannot be opened, written or trusted
    ├── CatalogueError    the catalogue file cannot be read or replaced
    ├── CameraError       a camera that cannot be opened or went away
    └── SyncError         the way between kiosk and centre
        ├── WireError     a message that is not of the agreed form
        ├── RefusedError  the other side understood and said no
        └── Unreachable   no well-formed answer came back

Every message tells a person what to do next: in English, for the log and the command line. What a
screen says is the class's ``advice`` in the volunteer's language; :mod:`kiosk.admin.screens.error_words`
puts it together with what only a technician understands.
"""

from typing import ClassVar


def N_(text: str) -> str:  # noqa: N802  gettext's own name for it
    """Marks a text for the translators; it is translated where it is shown."""
    return text


class AdalError(Exception):
    """Base of all errors that Adal raises on purpose.

    ``advice`` says what to do, as a text to be translated; a class without its own takes its base's.
    """

    advice: ClassVar[str] = N_(
        "That did not work. Try once more; if it happens again, tell the coordinator."
    )


class MoneyError(AdalError):
    """An amount or a piece of money that cannot be."""

    advice = N_("This amount is not possible. Look at the number and type it again.")


class BarcodeError(AdalError):
    """A code that names no product."""

    advice = N_("This is not an item's code. Look for the striped barcode.")


class ProductError(AdalError):
    """A product or a catalogue that contradicts itself."""

    advice = N_("Two products contradict each other. Look at their barcodes and prices.")


class CheckoutError(AdalError):
    """A step that the visit does not allow now."""

    advice = N_("This is not possible now. Go back and begin again.")


class EntryError(AdalError):
    """A payload that is no journal entry this version can read."""

    advice = N_("The numbers do not agree. Go back and look at them again.")


class ChainError(AdalError):
    """Entries that do not follow one another."""

    advice = N_("The journal is not in order. Tell the coordinator.")


class ConfigError(AdalError):
    """config.toml holds a key or a value that is not allowed."""

    advice = N_("A setting is not in order. Tell the coordinator.")


class JournalError(AdalError):
    """The journal cannot be opened, written or trusted."""

    advice = N_(
        "The journal cannot be read or written. Restart the kiosk; if it happens again, tell the "
        "coordinator."
    )


class CatalogueError(AdalError):
    """The catalogue cannot be read or replaced."""

    advice = N_(
        "The products could not be read or saved. Try once more; if it happens again, tell the "
        "coordinator."
    )


class CameraError(AdalError):
    """A camera cannot be opened, or went away."""

    advice = N_("The camera gives no picture. Check its cable.")


class SyncError(AdalError):
    """Something on the way between kiosk and centre."""

    advice = N_("The kiosk and the centre did not understand each other. Tell the coordinator.")


class WireError(SyncError):
    """A message that is not of the agreed form."""


class RefusedError(SyncError):
    """The other side understood the message and said no."""

    advice = N_("The centre said no. Tell the coordinator.")


class Unreachable(SyncError):  # noqa: N818  a state of the world, not a mistake
    """No well-formed answer came back; trying again later is right."""

    advice = N_("No answer. Check the network and the address.")
