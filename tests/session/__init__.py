"""Choices, and the views they lead to."""
