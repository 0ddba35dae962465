"""What holds for all tests."""

import os

from hypothesis import HealthCheck, settings

# How long an example takes to make says how busy the machine is, not whether the code is right.
settings.register_profile("shared machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("shared machine")

# Many tests start the program: each start would compile 300 modules anew, in 0.25 s.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
