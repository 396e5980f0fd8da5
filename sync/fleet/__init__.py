"""A fleet of shops that never were: for demonstrations, and to see the centre's pages full."""
