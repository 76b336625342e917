"""What each command answers, as values for a program: the same items, problems and notes."""
