"""Goes through columns of runs in compiled code, where there was a compiler."""
