"""The way from the kiosk to the centre: messages, client and central server."""
