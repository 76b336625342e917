"""The face for agents: questions as read-only tools, over the Model Context Protocol."""
