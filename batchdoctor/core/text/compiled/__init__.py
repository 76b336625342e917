"""Looks through text for words in compiled code, where there was a compiler."""
