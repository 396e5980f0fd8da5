"""What needs a person: found in the journals, shown first, told to whoever wants to be told.

``folds`` keeps what each kiosk's journal amounts to, entry by entry as they come in; ``signs``
reads an alarm off that; ``find`` looks at all kiosks; ``book`` keeps since when an alarm is open
and what was noted; ``channels``, ``letters`` and ``delivery`` tell people; ``service`` does all of
it every half minute, in one worker at a time.
"""
