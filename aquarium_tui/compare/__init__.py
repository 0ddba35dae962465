"""What differs between base and other: pure functions over tables, held together by `Comparison`."""
