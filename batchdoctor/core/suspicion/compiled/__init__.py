"""Finds in compiled code where a share of failures changes, where there was a compiler."""
