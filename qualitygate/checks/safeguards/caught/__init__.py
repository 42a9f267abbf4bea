"""Handlers of exceptions that do nothing, language by language."""
