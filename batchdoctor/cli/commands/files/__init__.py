"""Commands about files of tasks and nodes."""
