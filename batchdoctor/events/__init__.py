"""Diagnostic-log bytes become records: envelopes, files, compression."""
