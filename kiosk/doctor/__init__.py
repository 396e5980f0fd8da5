"""``adal-kiosk doctor``: looks at everything a kiosk needs, and says in plain words what to do.

:mod:`program` looks at what was installed, :mod:`machine` at the computer, :mod:`devices` at what
is plugged into it, :mod:`shop` at this shop's own data and its centre. Each check gives a
:class:`~kiosk.doctor.finding.Finding`; none changes anything.
"""
