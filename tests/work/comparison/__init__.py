"""What is read to be compared, and what comes of it."""
