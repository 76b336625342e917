"""Really runs the tasks that somebody creates: a node is a folder, a task a process in it."""
