"""Reads what a judgement needs, and has the core judge."""
