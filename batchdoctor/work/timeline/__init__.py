"""Reads what happened, from an account and from its logs, into one timeline."""
