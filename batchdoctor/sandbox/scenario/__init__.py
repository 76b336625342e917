"""Scenarios: data files with a compact description of an account, and what expands them."""
