"""The pages that people at the centre see, one module per part; server-rendered."""
