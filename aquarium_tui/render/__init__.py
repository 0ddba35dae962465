"""Photos, boxes and crops as Pillow pictures; no terminal, no printing."""
