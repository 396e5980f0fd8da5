"""The money's way from the box and the bank to the cause."""
