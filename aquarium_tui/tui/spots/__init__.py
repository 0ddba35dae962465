"""What is seen of screens, as recordings hold it."""
