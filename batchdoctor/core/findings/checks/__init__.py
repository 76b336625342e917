"""The checks: records in, findings out; one file a subject."""
