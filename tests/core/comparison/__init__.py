"""What differs and can matter, judged from values alone."""
