"""Reads what is to be compared: two jobs, tasks, nodes, logs or bundles."""
