"""Faults that a test orders: which exchange they meet, and what they do to it."""
