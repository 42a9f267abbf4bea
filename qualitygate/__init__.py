"""Quality gates for code that agents write."""
