"""The records of the Aquarium client: JSON Lines of frames, labels and inferences."""
