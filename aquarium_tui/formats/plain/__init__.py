"""A plain table, CSV or Parquet, with one row per box."""
