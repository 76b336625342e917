"""Node hours, what they were spent on, and what that costs."""
