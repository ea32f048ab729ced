"""A day's work through another port than botbuilder-core's: scenarios of the suite, unchanged, over the same adapter."""

import pytest

from tests.contract.test_capture import *  # noqa: F403 # the scenarios themselves
from tests.contract.test_full_cycle import *  # noqa: F403
from tests.contract.test_robustness import *  # noqa: F403


@pytest.fixture
def platform() -> str:
    """Teams, and the second implementation of the port beneath it."""
    return "teams, another port"
