"""How well the assistant understands: `make eval`."""
