"""Reads diagnostic event logs, once or as they grow."""
