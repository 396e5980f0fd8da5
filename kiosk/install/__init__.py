"""Putting the kiosk on a machine in a lobby, and newer versions on it.

:mod:`plan` is what is written where, as a list of steps that :mod:`sync.steps` says or does;
:mod:`versions` keeps two versions of the program side by side, so that a newer one that does not
start gives way to the one before.
"""
