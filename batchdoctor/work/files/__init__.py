"""Files of tasks and nodes: whose, where they may go, how they are fetched and followed."""
