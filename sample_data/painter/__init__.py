"""Paints the street scenes of the sample data, and knows for every pixel what it shows."""
