"""What is found wrong, how badly, and what there is to find."""
