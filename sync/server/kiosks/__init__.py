"""Kiosks at the centre: who is there and how, codes that let them in, what was set aside.

A kiosk's status, epoch by epoch:

- ``pending``: enrolled with a code that asks for a look first. The centre takes nothing and gives
  nothing; the kiosk sells on and keeps its entries until it is approved.
- ``approved``: in use.
- ``suspended``: what it sends is taken, because its sales happened; it gets no catalogue, no
  settings, no replies. It sells on with what it has.
- ``revoked``: shut out at once; its key may be in other hands. It gets nothing, and what it still
  sends goes aside (:mod:`sync.server.shut_out`). A new code gives it a new epoch, and with that
  token it may send what the earlier epochs still hold.
- ``replaced``: the same kiosk was approved with a newer epoch.
"""
