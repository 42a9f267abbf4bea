"""Programs of our own that run as processes of their own, and may import more than the standard library."""
