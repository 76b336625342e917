"""What a node is doing, what is wrong with it, and what a change would disturb."""
