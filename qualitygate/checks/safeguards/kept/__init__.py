"""Which test of base is which of head, and what the change took from it."""
