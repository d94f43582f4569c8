"""How many small slips in the texts of this repository their examples would notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from gewu_item_catalog.catalogue import load_catalogue
from gewu_item_catalog.coverage.mutants import score

PLUGINS = Path(__file__).parents[1] / "plugins"
LEAST = {"fire": 0.95, "housing": 0.95, "urban_management": 0.98}
"""The share of mutants that make a difference and on which an example fails."""


@pytest.mark.soak
@pytest.mark.parametrize("pack", LEAST)
def test_the_examples_notice_most_slips(pack: str) -> None:
    catalogue = load_catalogue([PLUGINS])
    items = [each.item for each in catalogue.items.values() if each.item.department == pack]
    scores = [score(item, catalogue.kinds) for item in items]
    noticed = sum(each.noticed for each in scores)
    missed = [mutant.change for each in scores for mutant in each.missed]
    share = noticed / (noticed + len(missed))
    assert share >= LEAST[pack], missed
