"""What happened, as numbers that can be drawn: over time, node by node, job against node."""
