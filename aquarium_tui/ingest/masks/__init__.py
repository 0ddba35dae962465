"""Masks of whole frames: which file belongs to which frame, what it holds, and the sets made of them."""

from aquarium_tui.ingest.masks.sets import MaskOptions, mask_dataset, mask_inferences

__all__ = ["MaskOptions", "mask_dataset", "mask_inferences"]
