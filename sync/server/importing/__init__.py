"""Journals that come on a stick instead of over the network.

A file (``adal-kiosk journal export``) or a kiosk's backup goes through the very same door as a
kiosk's own sending, :func:`sync.server.ingest.take_in`: hashes, signatures, chain, quarantine,
forks and sums are the same. Bringing a file again changes nothing, so one that broke off is
simply brought again.
"""
