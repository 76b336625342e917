"""One file a noun: its options, what it asks, and which document it builds."""
