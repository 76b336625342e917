"""Waiting: what can be waited for, and whether it is so, can still become so, or never will."""
