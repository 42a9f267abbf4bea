"""Directives that switch a tool off from within a text: what they are, where they stand, and which are new."""
