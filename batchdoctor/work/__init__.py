"""What the commands do, for a terminal, a Python program and an agent alike."""
