"""Goes through rows of attempts in compiled code, where there was a compiler."""
