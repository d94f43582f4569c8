"""`make soak`: the same properties, each tried on a hundred times as many examples. Loaded by `pytest -p soak`."""

from __future__ import annotations

import pytest
from hypothesis import settings

FACTOR = 100


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        test = getattr(item, "obj", None)
        usual = getattr(test, "_hypothesis_internal_use_settings", None)
        if usual is not None:
            wanted = settings(usual, max_examples=usual.max_examples * FACTOR, deadline=None)
            test._hypothesis_internal_use_settings = wanted
