"""What a word means where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gewu_dsl.codes import CODES
from gewu_dsl.diagnostics import Text
from gewu_dsl.editing.analysis import Analysis
from gewu_dsl.editing.describing import describe_choices, describe_field, describe_office
from gewu_dsl.editing.meanings import MEANINGS
from gewu_dsl.editing.occurrences import REGISTER, Occurrence, Symbol
from gewu_dsl.editing.reading import read_until
from gewu_dsl.names import Field
from gewu_dsl.parse.lexing import Token, scan
from gewu_dsl.resolve.scopes import ItemScope
from gewu_dsl.tree import Comment
from gewu_dsl.words import KEYWORDS, SPELLINGS, UNIT_WORDS, read_fact, read_history

_CODE = re.compile(r"G\d{3}")
_UNITS = frozenset(keyword.id for keyword in UNIT_WORDS)


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about the words from `start` to `end`; `page` of the manual says more, where there is one."""

    start: int
    end: int
    text: Text
    page: str = ""


def hover(analysis: Analysis, file: str, offset: int) -> Hover | None:
    """What stands at a place: something with a name, a keyword, a built-in fact, a code."""
    occurrence = analysis.occurrence_at(file, offset)
    if occurrence is not None:
        return Hover(occurrence.start, occurrence.end, _describe(analysis, occurrence))
    comments: list[Comment] = []
    tokens = list(scan(analysis.sources[file], comments))
    for comment in comments:
        if comment.span.start <= offset <= comment.span.end:
            return _code(analysis.sources[file], comment, offset)
    token = next((each for each in tokens if each.start <= offset < each.end), None)
    return _word(analysis.sources[file], token, tokens) if token is not None else None


def _code(text: str, comment: Comment, offset: int) -> Hover | None:
    for match in _CODE.finditer(text, comment.span.start, comment.span.end):
        if match.start() <= offset <= match.end() and (code := CODES.get(match.group())) is not None:
            return Hover(match.start(), match.end(), Text(f"{code.code} {code.zh}", f"{code.code} {code.en}"))
    return None


def _word(text: str, token: Token, tokens: list[Token]) -> Hover | None:
    if token.kind == "INT":
        behind = next((each for each in tokens if each.start >= token.end), None)
        found = _keyword(text, behind, tokens) if behind is not None else None
        return Hover(token.start, found[1], *found[2:]) if found and found[0] in _UNITS else None
    found = _keyword(text, token, tokens)
    if found is not None:
        return Hover(token.start, *found[1:])
    fact = read_fact(token.text) or read_history(token.text)
    if fact is None:
        return None
    meaning = MEANINGS[fact]
    return Hover(token.start, token.end, _titled(Text(token.text, token.text), meaning.text), meaning.page)


def _keyword(text: str, token: Token, tokens: list[Token]) -> tuple[str, int, Text, str] | None:
    """The keyword that a token begins where it stands: its identifier, its end, what it means, and on which page."""
    if token.kind != "NAME" or token.text not in SPELLINGS:
        return None
    expected = read_until(text, token.start).expected
    index = tokens.index(token)
    for parts, kind in SPELLINGS[token.text]:
        here = tokens[index : index + len(parts)]
        if kind in expected and tuple(each.text for each in here) == parts and kind in MEANINGS:
            keyword, meaning = KEYWORDS[kind], MEANINGS[kind]
            return kind, here[-1].end, _titled(Text(keyword.zh[0], keyword.en[0]), meaning.text), meaning.page
    return None


def _titled(title: Text, text: Text) -> Text:
    return Text(f"**{title.zh}** · {text.zh}", f"**{title.en}** · {text.en}")


def _describe(analysis: Analysis, occurrence: Occurrence) -> Text:
    symbol = occurrence.symbol
    title = Text(
        f"**{symbol.name}** · {_KINDS[symbol.kind].zh}", f"**{symbol.name}** · {_KINDS[symbol.kind].en}"
    )
    detail = _detail(analysis, symbol)
    reads = [each for each in analysis.occurrences_like(occurrence) if not each.declares]
    used = Text(f"\n\n用在 {len(reads)} 处", f"\n\nread in {len(reads)} places")
    if len(reads) < 2:
        used = (
            Text("\n\n用在 1 处", "\n\nread in one place")
            if reads
            else Text("\n\n没有用到", "\n\nnever read")
        )
    zh, en = (f" · {part}" if part else "" for part in detail)
    return Text(f"{title.zh}{zh}{used.zh}", f"{title.en}{en}{used.en}")


_KINDS = {
    "department": Text("部门", "department"),
    "office": Text("机构", "office"),
    "item": Text("事项", "item"),
    "kind": Text("台账", "register"),
    "attribute": Text("台账项", "attribute"),
    "question": Text("问题", "question"),
    "choice": Text("选项", "choice"),
    "let": Text("计算", "let"),
    "finding": Text("情形", "finding"),
    "stage": Text("阶段", "stage"),
    "concept": Text("共享的概念", "shared concept"),
}


def _detail(analysis: Analysis, symbol: Symbol) -> Text:
    unit = analysis.unit
    match symbol.kind:
        case "department" if symbol.name in unit.departments:
            return _same(unit.departments[symbol.name].department.title)
        case "office" if symbol.owner in unit.departments:
            office = unit.departments[symbol.owner].offices.get(symbol.name)
            return describe_office(office) if office else Text("", "")
        case "kind" if symbol.name in unit.registers:
            return _same(unit.registers[symbol.name].label)
        case "attribute" | "question":
            asked = _field(analysis, symbol.owner, symbol.name)
            return _question(asked) if asked else Text("", "")
        case "choice":
            owner, _, question = symbol.owner.partition("/")
            asked = _field(analysis, owner, question)
            lines = describe_choices(asked) if asked else []
            return _same(
                next((each.partition(" ")[2] for each in lines if each.split(" ")[0] == symbol.name), "")
            )
    item = _item(analysis, symbol)
    if item is None:
        return Text("", "")
    if symbol.kind == "item":
        return _same(item.node.title)
    if symbol.kind == "finding":
        return _same(item.findings[symbol.name].title if symbol.name in item.findings else "")
    let = item.names.lets.get(symbol.name) if symbol.kind == "let" else None
    value = analysis.sources[item.file][let.value.span.start : let.value.span.end] if let else ""
    return _same(f"`{value}`" if value else "")


def _item(analysis: Analysis, symbol: Symbol) -> ItemScope | None:
    name = f"{symbol.owner}.{symbol.name}" if symbol.kind == "item" else symbol.owner
    return next((each for each in analysis.unit.items if each.name == name), None)


def _field(analysis: Analysis, owner: str, name: str) -> Field | None:
    if owner == REGISTER:
        fields = (register.fields.get(name) for register in analysis.unit.registers.values())
        return next((each for each in fields if each is not None), None)
    item = next((each for each in analysis.unit.items if each.name == owner), None)
    return item.names.fields.get(name) if item else None


def _question(asked: Field) -> Text:
    line, choices = describe_field(asked), describe_choices(asked)
    listed = "".join(f"\n- {each}" for each in choices)
    return Text(f"{line.zh}{listed}", f"{line.en}{listed}")


def _same(text: str) -> Text:
    return Text(text, text)
