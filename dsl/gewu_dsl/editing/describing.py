"""Questions, offices and choices in a line, as an editor shows them."""

from __future__ import annotations

from gewu_dsl import model, tree
from gewu_dsl.diagnostics import Text
from gewu_dsl.names import Field
from gewu_dsl.words import KEYWORDS

_TYPES = {
    "yes_no": "YES_NO", "one_of": "ONE_OF", "any_of": "ANY_OF", "check": "_CHECK", "file": "FILE",
}  # fmt: skip


def describe_field(asked: Field) -> Text:
    """The type, the range and the unit of a question, and what it asks."""
    keyword = KEYWORDS[_TYPES.get(asked.type, asked.type.upper())]
    zh, en = keyword.zh[0], keyword.en[0]
    if asked.low is not None and asked.high is not None:
        zh, en = f"{zh} {asked.low:g}–{asked.high:g}", f"{en} {asked.low:g}–{asked.high:g}"
    if asked.unit:
        zh, en = f"{zh} {asked.unit}", f"{en} {asked.unit}"
    if asked.optional:
        zh, en = f"{zh}，选填", f"{en}, optional"
    question = asked.node.question if asked.node is not None else ""
    return Text(f"{zh} “{question}”" if question else zh, f"{en} “{question}”" if question else en)


def describe_choices(asked: Field) -> list[str]:
    """A line for every choice of a question, with its label."""
    if not isinstance(asked.node, tree.Ask):
        return list(asked.choices)
    return [f"{each.name} {each.label}" if each.label else each.name.text for each in asked.node.type.choices]


def describe_office(office: model.Office) -> Text:
    """An office's title and where it stands."""
    tier = KEYWORDS[office.tier.upper()]
    return Text(f"{office.title}（{tier.zh[0]}）", f"{office.title} ({tier.en[0]})")
