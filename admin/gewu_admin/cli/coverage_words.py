"""Offices and calendars that are missing, in a few lines on a terminal or as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gewu_admin.cli.output import pick, say
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_platform.service.catalogue.office_gaps import Coverage, OfficeGap

LINES = 20
"""Lines of each kind that are shown; the rest is counted."""


def say_coverage(coverage: Coverage, language: Language) -> None:
    """Say what is missing, worst first; nothing where nothing is."""
    if coverage.deserted:
        say(
            pick(
                language,
                f"没有任何机构的区域：{_listed(coverage.deserted)}",
                f"no office at all: {_listed(coverage.deserted)}",
            )
        )
    lines = [gap.words.text(language) for gap in coverage.gaps]
    idle = [office.words.text(language) for office in coverage.idle]
    calendars = [missing.words.text(language) for missing in coverage.calendars]
    for each in (calendars, lines, idle):
        for line in each[:LINES]:
            say(pick(language, f"提示：{line}", f"note: {line}"))
        if len(each) > LINES:
            more = len(each) - LINES
            say(pick(language, f"……另有 {more} 条", f"… and {more} more"))


def gap_document(gap: OfficeGap, language: Language) -> dict[str, Any]:
    """A gap as JSON."""
    return {
        "office": gap.office, "duty": gap.duty, "instead": gap.instead, "grids": gap.grids, "where": list(gap.where),
        "items": gap.item_count, "message": gap.words.text(language),
    }  # fmt: skip


def _listed(names: tuple[str, ...]) -> str:
    return "、".join(names[:LINES]) + (" …" if len(names) > LINES else "")
