"""Adal: a self-checkout kiosk for shops that run on trust."""
