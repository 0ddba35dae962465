"""Frames, objects, crops and diff maps as pictures, without a terminal."""
