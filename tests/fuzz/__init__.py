"""Valid files with a few changes, read by every reader: the answer is tables or an `AquariumError`.

`python -m tests.fuzz --minutes 5 --seed 1` looks for failures as long as it may; CI looks briefly.
"""
