"""`gewu check --coverage`: what the examples reach, and examples for the rest in the words of the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from gewu_admin.cli.output import pick, say
from gewu_admin.cli.units import Unit
from gewu_dsl.model import Compiled
from gewu_dsl.parse import parse
from gewu_dsl.rules import compile_rules
from gewu_dsl.words import Language
from gewu_item_catalog.coverage.proposals import Proposal, Unshown, propose
from gewu_item_catalog.coverage.targets import cover
from gewu_item_catalog.coverage.wording import example_text, reason_words


def coverage_rows(units: Iterable[Unit], *, pairs: bool, language: Language) -> list[dict[str, Any]]:
    """For each item that compiles and was asked about: how many targets there are, how many its examples reach, the examples
    proposed for the rest, and what no form can show."""
    return [
        _row(unit, compiled, pairs, language)
        for unit in units
        for compiled in unit.result.items
        if compiled.file in unit.chosen
    ]


def show_coverage(rows: list[dict[str, Any]], language: Language) -> None:
    """The figures to the terminal, the proposed examples to standard output, under the item they are for."""
    for row in rows:
        if row["proposals"]:
            click.echo(f"# {row['item']}")
        for proposal in row["proposals"]:
            click.echo(f"{proposal}\n")
        for reason in row["impossible"]:
            say(
                pick(
                    language,
                    f"{row['item']}：没有填法能到 {reason}",
                    f"{row['item']}: no form reaches {reason}",
                )
            )
    targets, reached = (sum(row[key] for row in rows) for key in ("targets", "reached"))
    proposed = sum(len(row["proposals"]) for row in rows)
    say(
        pick(
            language,
            f"示例走到了 {targets} 条规定中的 {reached} 条，另建议 {proposed} 个示例；核对预期后放进各自的事项。",
            f"The examples reach {reached} of {targets} rules; {proposed} more are proposed: check what they "
            "expect, then put them into their items.",
        )
    )


def _row(unit: Unit, compiled: Compiled, pairs: bool, language: Language) -> dict[str, Any]:
    item, rules = compiled.item, compile_rules(compiled.item)
    coverage = cover(item, rules)
    registers = {kind.kind: kind for kind in unit.result.kinds}
    found = list(propose(item, registers, rules, pairs=pairs))
    words = parse(unit.sources[compiled.file], compiled.file).tree.language
    return {
        "item": item.name,
        "file": unit.path_of(compiled.file),
        "targets": len(coverage.targets),
        "reached": len(coverage.reached),
        "missing": [reason_words(item, target, language) for target in coverage.missing],
        "proposals": [example_text(item, each, words) for each in found if isinstance(each, Proposal)],
        "impossible": [
            reason_words(item, each.reason, language)
            for each in found
            if isinstance(each, Unshown) and each.impossible
        ],
    }
