"""Putting the centre on a small Debian machine: what is written where, and which commands run.

:mod:`plan` is the whole of it as a list of steps, the same list for ``--dry-run`` and for doing
it; :mod:`sync.steps` does them. Doing it again changes nothing that is right already, so it is the
upgrade, too.
"""
