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

Every message tells a person what to do next.
"""


class AdalError(Exception):
    """Base of all errors that Adal raises on purpose."""


class MoneyError(AdalError):
    """An amount or a piece of money that cannot be."""


class BarcodeError(AdalError):
    """A code that names no product."""


class ProductError(AdalError):
    """A product or a catalogue that contradicts itself."""


class CheckoutError(AdalError):
    """A step that the visit does not allow now."""


class EntryError(AdalError):
    """A payload that is no journal entry this version can read."""


class ChainError(AdalError):
    """Entries that do not follow one another."""


class ConfigError(AdalError):
    """config.toml holds a key or a value that is not allowed."""


class JournalError(AdalError):
    """The journal cannot be opened, written or trusted."""


class CatalogueError(AdalError):
    """The catalogue cannot be read or replaced."""


class CameraError(AdalError):
    """A camera cannot be opened, or went away."""


class SyncError(AdalError):
    """Something on the way between kiosk and centre."""


class WireError(SyncError):
    """A message that is not of the agreed form."""


class RefusedError(SyncError):
    """The other side understood the message and said no."""


class Unreachable(SyncError):  # noqa: N818  a state of the world, not a mistake
    """No well-formed answer came back; trying again later is right."""
