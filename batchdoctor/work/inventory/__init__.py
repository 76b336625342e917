"""Lists what there is in an account: jobs, pools, nodes, tasks."""
