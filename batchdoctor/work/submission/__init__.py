"""Has a pool of the account count logs: plans the job, makes it, and finds out how it ended."""
