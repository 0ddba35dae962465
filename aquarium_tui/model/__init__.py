"""Frozen values and array rules: class map, boxes, tables, settings, outcomes, problems."""
