"""Compare two models' inferences on one labelled dataset, in the terminal."""

__version__ = "0.1.0"
