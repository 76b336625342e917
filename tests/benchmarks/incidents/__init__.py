"""Simulated incidents with a known answer: a scheduler, its nodes, and what goes wrong."""
