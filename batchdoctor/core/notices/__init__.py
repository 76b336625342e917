"""Telling: which findings are new or have ended since somebody was told, and what is told."""
