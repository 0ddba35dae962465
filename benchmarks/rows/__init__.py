"""The functions behind the rows of `benchmarks.table`, one module per theme."""
