"""Draws every picture and sound of the kiosk: `python -m assets.draw` from the project's root."""
