"""Masks compared: from files to joint counts, and from these to every number and map."""
