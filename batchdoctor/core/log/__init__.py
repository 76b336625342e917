"""What a diagnostic event log tells: events, attempts, and the tally they add up to."""
