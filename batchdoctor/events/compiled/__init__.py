"""Counts plain event lines in compiled code, where there was a compiler."""
