"""The help as pages: of one command, or of all of them for `man`."""
