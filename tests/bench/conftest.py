"""Gathers the figures of every bench and prints them as one table at the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bench.figures import Figure, table

_GATHERED = pytest.StashKey[list[Figure]]()
_REMARKS = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_GATHERED] = []
    config.stash[_REMARKS] = []


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[Figure], None]:
    """`note(figure)` puts a figure into the table."""
    return request.config.stash[_GATHERED].append


@pytest.fixture
def remark(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """`remark(text)` puts a line under the table."""
    return request.config.stash[_REMARKS].append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[_GATHERED]:
        terminalreporter.write_sep("=", "figures")
        terminalreporter.write_line(table(config.stash[_GATHERED]))
    for remark in config.stash[_REMARKS]:
        terminalreporter.write_line(remark)
