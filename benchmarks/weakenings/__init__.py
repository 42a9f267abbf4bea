"""Ways to weaken a test without mending anything, and ways to rework one without weakening it, by language."""
