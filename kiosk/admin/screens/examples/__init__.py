"""States made by hand, for pictures of every page."""
