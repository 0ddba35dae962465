"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# How long an example takes to make says how busy the machine is, not whether the code is right.
settings.register_profile("shared machine", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("shared machine")
