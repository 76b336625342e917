"""Words of the command line become one request, and its answer becomes a number."""
