"""Questions of forms and attributes of registers as the model has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast

from gewu_dsl import model, tree
from gewu_dsl.lower.expressions import lower_condition, read_number
from gewu_dsl.names import Field
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import FindingScope


def lower_question(asked: Field, names: Names) -> model.Question:
    """The question an `ask` or a `check` declares. Bounds of a date are kept by `date_bounds`, not here."""
    node = asked.node
    if node is None:
        raise KeyError(asked.name)
    modifiers = asked.modifiers
    bounds, least, most = modifiers.get(tree.Range), modifiers.get(tree.AtLeast), modifiers.get(tree.AtMost)
    matching, hint, shares = (
        modifiers.get(tree.Matching),
        modifiers.get(tree.Hint),
        modifiers.get(tree.Shares),
    )
    when = asked.shown_when
    low, high = (bounds.low, bounds.high) if isinstance(bounds, tree.Range) else (None, None)
    return model.Question(
        name=asked.name,
        type=asked.type,
        label=node.question,
        choices=_lower_choices(node),
        section=asked.section,
        unit=asked.unit,
        minimum=read_number(low.value) if isinstance(low, tree.Number) else None,
        maximum=read_number(high.value) if isinstance(high, tree.Number) else None,
        at_least=least.count if isinstance(least, tree.AtLeast) else None,
        at_most=most.count if isinstance(most, tree.AtMost) else None,
        matching=_lower_pattern(matching.pattern) if isinstance(matching, tree.Matching) else None,
        optional=asked.optional,
        private=tree.Private in modifiers,
        hint=hint.text if isinstance(hint, tree.Hint) else None,
        when=lower_condition(when, names) if when is not None else None,
        hazard=asked.hazard,
        share=model.Share(shares.concept.text, shares.within.amount)
        if isinstance(shares, tree.Shares)
        else None,
    )


def made_question(asked: Field, findings: Iterable[FindingScope]) -> model.Question:
    """The question by which the worker picks findings that have no condition."""
    choices = tuple(model.Choice(finding.name, finding.title) for finding in findings if finding.picked)
    return model.Question(asked.name, "any_of", "发现的问题", choices, optional=asked.optional)


def date_bounds(asked: Field) -> model.Must | None:
    """What `from … to …` on a date means; the model bounds numbers only."""
    bounds = asked.modifiers.get(tree.Range)
    if asked.type != "date" or not isinstance(bounds, tree.Range):
        return None
    low, high = (str(bound.value) for bound in (bounds.low, bounds.high))
    condition = model.Between(model.Answer(asked.name), model.Constant(low), model.Constant(high))
    message = f"日期须在 {low} 至 {high} 之间 (a date from {low} to {high})"
    return model.Must(condition, message, (asked.name,))


def _lower_choices(node: tree.Ask | tree.Check) -> tuple[model.Choice, ...]:
    if isinstance(node, tree.Check):
        return ()
    return tuple(
        model.Choice(c.name.text, c.name.text if c.label is None else c.label) for c in node.type.choices
    )


def _lower_pattern(pattern: str) -> Literal["id-card", "uscc", "phone", "plate"]:
    return cast(Literal["id-card", "uscc", "phone", "plate"], pattern)
