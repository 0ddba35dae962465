"""Masks: a class for every pixel, also called semantic segmentation."""
