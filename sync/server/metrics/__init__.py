"""What Prometheus may ask: ``/metrics``.

Counters of requests and batches belong to one process; set ``PROMETHEUS_MULTIPROC_DIR`` where
several serve one database and they are added up. Everything else is read from the database when
it is asked for, so that it is the same whichever process answers. Labels are regions, kinds and
routes: never a shop, a kiosk or a person.
"""
