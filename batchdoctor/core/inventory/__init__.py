"""What there is in an account: jobs, pools, nodes and tasks, each as one line of a list."""
