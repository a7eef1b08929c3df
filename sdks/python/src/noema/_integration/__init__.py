"""Integrations in Python: declaration, checks and encoding. Needs numpy alone."""
