"""The views of the back room: dumb, one module and one kv per page."""
