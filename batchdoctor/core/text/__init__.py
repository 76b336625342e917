"""Words: wording, times, secrets, what may be shown, and lines to type."""
