"""The catalog: what service codes, exit codes and states mean."""
