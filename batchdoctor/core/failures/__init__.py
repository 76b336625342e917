"""One failure: its category, its cause, and what to do about it."""
