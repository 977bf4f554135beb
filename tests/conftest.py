"""Settings of every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Quick runs draw the same examples every time, so that a change never fails by another's bad luck. The long
# run looks for new ones; `make test-long` picks it by HYPOTHESIS_PROFILE=long.
settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "long",
    deadline=None,
    max_examples=1000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
