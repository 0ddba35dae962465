"""What kinds share whose labels and inferences are objects: boxes, or classes of whole images."""
