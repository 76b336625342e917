"""HTTP: requests in, replies out, signatures checked; knows nothing of pools and tasks."""
