"""What coordinators set on kiosks from afar: values by place, volunteers' PINs, signed versions.

``values`` knows what is set where, ``volunteers`` who comes in, ``publishing`` signs what a shop's
kiosks get, ``reports`` what they have, ``forms`` how a page's form becomes values.
"""
