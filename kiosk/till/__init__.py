"""The till: a shopper's events in, what the screens show out. No Kivy."""

from kiosk.till.help import PHONE_SHOWN_S
from kiosk.till.settings import TillSettings
from kiosk.till.suggestion import SUGGESTION_LENGTH_MAX
from kiosk.till.till import Till

__all__ = ["PHONE_SHOWN_S", "SUGGESTION_LENGTH_MAX", "Till", "TillSettings"]
