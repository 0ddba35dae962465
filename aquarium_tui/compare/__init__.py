"""What differs between base and other: pure functions over tables, and `Comparison` that holds them together."""
