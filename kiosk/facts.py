"""Names that several rooms of the kiosk must agree on."""

SOFTWARE = "adal 0.1.0"
"""Name and version, as told to the centre and written into every boot entry."""

ENROLMENT_FILE = "enrolment.json"
"""Beside the journal: the shop and the centre that this kiosk belongs to."""
