"""What happened when, to tasks, jobs, pools and nodes, from an account and from its logs."""
