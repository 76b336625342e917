"""Commands about event logs."""
