"""Telling others: what they were told is kept, and they are told what has changed."""
