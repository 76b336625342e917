"""What node hours were spent on, from a live account or from its logs."""
