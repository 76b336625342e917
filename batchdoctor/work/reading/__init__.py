"""Reads an account past what cannot be read, and ahead of what is asked for next."""
