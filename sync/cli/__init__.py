"""The command line of the way between kiosk and centre."""
