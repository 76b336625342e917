"""Completion scripts for four shells, written from the tree of commands."""
