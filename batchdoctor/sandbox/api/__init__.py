"""The operations: one table of routes, and a function from request to reply for each."""
