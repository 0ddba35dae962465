"""What the screens show of a comparison, task by task: of objects, and of masks."""
