"""Spoken prompts: what each screen asks, in the shopper's language, by espeak-ng.

``script`` has the words, ``speaker`` says them in a thread of its own, ``guide`` joins the two with
the till's states. No Kivy; nothing here ever waits in the screens' thread.
"""

from kiosk.voice.guide import VoiceGuide
from kiosk.voice.speaker import PROGRAM, Speaker

__all__ = ["PROGRAM", "Speaker", "VoiceGuide"]
