"""What all edges share in their tests."""

import pytest

from adapters import metrics


@pytest.fixture(autouse=True)
def types_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process counts fifty types by name, and the tests of one process name more."""
    monkeypatch.setattr(metrics, "_types", set())
