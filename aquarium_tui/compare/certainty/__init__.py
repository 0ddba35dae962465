"""How sure a figure is: resampled frames, intervals, and tests that know that objects share frames."""
