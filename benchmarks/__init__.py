"""Measurements: `python -m benchmarks` times the rows of one table, each next to a reference."""
