"""What happened and what it means. Pure: no files, clock, environment, network or terminal."""
