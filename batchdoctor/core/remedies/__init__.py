"""What helps with a node that cannot run tasks: from its own errors, and from its start task."""
