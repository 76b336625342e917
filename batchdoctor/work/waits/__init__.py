"""Waiting: looks at one thing again and again until it is as somebody wants it."""
