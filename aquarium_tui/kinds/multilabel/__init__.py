"""Several classes per image."""
