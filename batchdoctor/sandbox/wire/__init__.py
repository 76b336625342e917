"""HTTP: requests in, replies out; knows nothing of pools and tasks."""
