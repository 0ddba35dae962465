"""Brushes and captions: arrays and Pillow pictures in and out, no files, no terminal."""
