"""Giving a thing another name in every text of its pack, or saying why not.

Whether the new name fits is not reasoned about but tried: the renamed texts are read again, and every name in them must
stand for what it stood for before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gewu_dsl.diagnostics import Text
from gewu_dsl.editing.analysis import Analysis, analyse
from gewu_dsl.editing.occurrences import REGISTER, Occurrence, Symbol
from gewu_dsl.words import FACT_WORDS, HISTORY_WORDS, KEYWORDS, OFFICE_WORDS

_NAME = re.compile(r"[^\W\d]\w*")
_RESERVED = frozenset(
    part
    for spelling in (
        *(each for keyword in KEYWORDS.values() for each in keyword.en + keyword.zh),
        *(OFFICE_WORDS | HISTORY_WORDS | FACT_WORDS),
        *(OFFICE_WORDS | HISTORY_WORDS | FACT_WORDS).values(),
    )
    for part in re.split(r"[ .\-]", spelling)
)
_FIXED = {
    "department": Text("部门代码", "a department's code"),
    "item": Text("事项名", "an item's name"),
    "concept": Text("共享的概念", "a shared concept"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something keeps its name."""

    reason: Text


@dataclass(frozen=True, slots=True)
class Renaming:
    """Places that change, by file: offsets and the new text."""

    edits: Mapping[str, tuple[tuple[int, int, str], ...]]


def can_rename(analysis: Analysis, file: str, offset: int) -> Occurrence | Refusal:
    """The name at a place, or why it cannot be changed."""
    occurrence = analysis.occurrence_at(file, offset)
    if occurrence is None:
        return Refusal(Text("这里没有可以改的名字。", "There is no name here that could be changed."))
    symbol = occurrence.symbol
    if symbol.kind in _FIXED:
        what = _FIXED[symbol.kind]
        return Refusal(
            Text(
                f"{what.zh}不能在这里改：别的部门包和已经立的案件按它查找。",
                f"{what.en} is not changed here: other packs and open cases know it by that.".capitalize(),
            )
        )
    if _is_shared(analysis, symbol):
        return Refusal(
            Text(
                "别的部门包也声明了它，只改这一处对不上。",
                "Another pack declares it, too, and would no longer fit.",
            )
        )
    if not any(each.declares for each in analysis.occurrences_like(occurrence)):
        return Refusal(Text("它不是在这个部门包里声明的。", "It is not declared in this pack."))
    return occurrence


def _is_shared(analysis: Analysis, symbol: Symbol) -> bool:
    known = analysis.known.kinds
    if symbol.kind == "kind":
        return any(kind.kind == symbol.name for kind in known)
    attribute = symbol.name if symbol.kind == "attribute" else symbol.owner.removeprefix(f"{REGISTER}/")
    if symbol.kind == "attribute" or symbol.owner.startswith(f"{REGISTER}/"):
        return any(each.name == attribute for kind in known for each in kind.attributes)
    return False


def rename(analysis: Analysis, file: str, offset: int, name: str) -> Renaming | Refusal:
    """Give what is named at a place another name, everywhere."""
    occurrence = can_rename(analysis, file, offset)
    if isinstance(occurrence, Refusal):
        return occurrence
    if not _NAME.fullmatch(name):
        return Refusal(
            Text(
                f"“{name}”不是名称：由汉字、字母、数字和下划线组成，不以数字开头。",
                f"`{name}` is no name: letters, digits and underscores, not a digit first.",
            )
        )
    if name in _RESERVED:
        return Refusal(Text(f"“{name}”是关键词。", f"`{name}` is a keyword."))
    edits: dict[str, tuple[tuple[int, int, str], ...]] = {}
    for each in analysis.occurrences_like(occurrence):
        edits[each.file] = (*edits.get(each.file, ()), (each.start, each.end, name))
    if not _keeps_meaning(analysis, occurrence.symbol, name, edits):
        return Refusal(
            Text(
                f"叫“{name}”会和别的名字混在一起，有的地方会读成别的意思。",
                f"Called `{name}` it would be taken for something else somewhere, or something else for it.",
            )
        )
    return Renaming(edits)


def _keeps_meaning(
    analysis: Analysis, symbol: Symbol, name: str, edits: Mapping[str, tuple[tuple[int, int, str], ...]]
) -> bool:
    texts = dict(analysis.sources)
    for file, changes in edits.items():
        for start, end, new in sorted(changes, reverse=True):
            texts[file] = texts[file][:start] + new + texts[file][end:]
    known = {each.symbol for each in analysis.occurrences}
    after = analyse(texts, analysis.known)
    if symbol._replace(name=name) in known - {symbol} or _mistakes(analysis) != _mistakes(after):
        return False
    expected = [
        (each.file, _renamed(each.symbol, symbol, name), each.declares) for each in analysis.occurrences
    ]
    return expected == [(each.file, each.symbol, each.declares) for each in after.occurrences]


def _mistakes(analysis: Analysis) -> dict[str, int]:
    return {
        "read": sum(len(each.diagnostics) for each in analysis.parsed.values()),
        "twice": len(analysis.unit.twice) + sum(len(item.twice) for item in analysis.unit.items),
        "missed": len(analysis.unit.misses) + sum(len(item.names.misses) for item in analysis.unit.items),
    }


def _renamed(symbol: Symbol, old: Symbol, name: str) -> Symbol:
    """`symbol` after `old` is called `name`: itself, the renamed one, or something that belongs to it."""
    if symbol == old:
        return symbol._replace(name=name)
    if symbol.kind == "choice" and symbol.owner == f"{old.owner}/{old.name}":
        return symbol._replace(owner=f"{old.owner}/{name}")
    return symbol
