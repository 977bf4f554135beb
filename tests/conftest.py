"""Settings of every test."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pandas as pd

# Quick runs draw the same examples every time, so that a change never fails by another's bad luck. The long
# run looks for new ones; `make test-long` picks it by HYPOTHESIS_PROFILE=long.
settings.register_profile(
    "quick",
    deadline=None,
    derandomize=True,
    max_examples=25,
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


@pytest.fixture
def three_towns() -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return a small scenario in which every table has rows, as raw text cells, and its settings."""
    from files.three_towns import three_towns as tables

    return tables()
