"""What differs between two runs, tasks, nodes, logs or accounts, that can matter."""
