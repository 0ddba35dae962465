"""Measurements of the rows of the performance page; each is a program of its own."""
