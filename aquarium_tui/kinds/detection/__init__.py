"""Detection: labels and inferences are boxes, with or without masks."""
