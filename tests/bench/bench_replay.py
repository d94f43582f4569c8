"""Deciding half a million stored reports again: the rules of `bench_decide` over columns, beside C written by hand."""

from __future__ import annotations

import ctypes
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest
from bench.bench_decide import CHOICES, _compiled, _sheets, decide_by_hand
from bench.figures import Figure, measure, ratio

from gewu_dsl.model import Answer
from gewu_item_catalog.replay.columns import Columns
from gewu_item_catalog.replay.outcomes import decide_columns, drop_hidden

REPORTS = 500_000
READ = ("seen", "exit", "gas", "cable", "use", "alarm", "hydrant")
COUNTED = ("people", "bottles", "width", "area", "floors", "tenants")
CODES = {name: sorted(CHOICES[name]) for name in READ}

BY_HAND = r"""
#include <math.h>
#define IS(column, word) (column[i] == word)
void decide(long n, const signed char *seen, const signed char *exit, const signed char *gas,
            const signed char *cable, const signed char *use, const signed char *alarm, const signed char *hydrant,
            const double *people, const double *bottles, const double *width, const double *area,
            const double *floors, const double *tenants,
            signed char *holds, signed char *severity, signed char *route, signed char *handle) {
  for (long i = 0; i < n; i++) {
    holds[i] = IS(seen, SEEN_YES);
    if (!holds[i]) continue;
    int s = IS(exit, EXIT_LOCKED) && people[i] > 50 ? 0 : IS(gas, GAS_BOTTLED) && bottles[i] > 5 ? 1 : IS(cable, CABLE_BARE) ? 2 : 3;
    int dwelling = IS(use, USE_DWELLING);
    int r = s < 2 ? (IS(use, USE_SCHOOL) ? 0 : 1)
      : IS(gas, GAS_BOTTLED) ? 2
      : (IS(cable, CABLE_WORN) || IS(cable, CABLE_BARE)) && dwelling ? 3
      : IS(cable, CABLE_BARE) ? 4
      : IS(exit, EXIT_LOCKED) ? 5
      : IS(exit, EXIT_BLOCKED) && width[i] < 1 ? 6
      : IS(use, USE_STORAGE) && area[i] > 500 ? 7
      : floors[i] >= 8 ? 8
      : IS(alarm, ALARM_NO) && IS(hydrant, HYDRANT_NO) ? 9
      : tenants[i] > 10 && dwelling ? 10 : 11;
    severity[i] = s;
    route[i] = r;
    handle[i] = s < 2 ? 0 : s == 2 && people[i] > 10 ? 1 : IS(exit, EXIT_LOCKED) || IS(exit, EXIT_BLOCKED) ? 2 : 3;
  }
}
"""


def test_stored_reports_are_decided_again_about_as_fast_as_in_c(
    note: Callable[[Figure], None], tmp_path: Path
) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs a C compiler for the side that is written by hand")
    item, _ = _compiled()
    chance = random.Random(1)
    sheets = _sheets(chance)
    # In no order a processor could learn, as reports arrive.
    reports = [*sheets, *chance.choices(sheets, k=REPORTS - len(sheets))]
    columns = Columns(item, ((sheet, {}) for sheet in reports))
    drop_hidden(item, columns)
    decide = _compile(compiler, tmp_path)
    inputs = [columns.texts(Answer(name)).codes for name in READ]
    inputs += [columns.numbers(Answer(name)) for name in COUNTED]
    assert all(each.dtype == np.int8 for each in inputs[: len(READ)])
    outputs = [np.zeros(REPORTS, np.int8) for _ in range(4)]
    pointers = [each.ctypes.data_as(ctypes.c_void_p) for each in (*inputs, *outputs)]

    def by_hand() -> None:
        decide(ctypes.c_long(REPORTS), *pointers)

    by_hand()
    found = decide_columns(item, columns).findings[0]
    holds = found.holds
    assert np.array_equal(holds, outputs[0].astype(bool))
    for clause, output in zip(("severity", "route", "handle"), outputs[1:], strict=True):
        assert np.array_equal(found.branches[clause][holds], output[holds])
    for place in range(len(sheets)):
        row = [(0, *(int(each[place]) for each in found.branches.values()))] if holds[place] else []
        assert row == decide_by_hand(sheets[place])

    ours, theirs = measure([lambda: decide_columns(item, columns), by_hand], REPORTS)
    limit = ("C by hand", median(theirs))
    note(Figure("replay: one of 500,000", median(ours), limit, None, "ours ÷ C", ratio(ours, theirs), 2))


def _compile(compiler: str, folder: Path) -> Any:
    source, library = folder / "replay.c", folder / "replay.so"
    source.write_text(BY_HAND, encoding="utf-8")
    words = [
        f"-D{name}_{word}={place}".upper()
        for name, listed in CODES.items()
        for place, word in enumerate(listed)
    ]
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", *words, str(source), "-o", str(library)], check=True)
    return ctypes.CDLL(str(library)).decide
