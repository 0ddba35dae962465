"""The screens: each mediates between the comparison and its widgets."""
