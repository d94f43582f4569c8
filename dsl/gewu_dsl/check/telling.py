"""What a counterexample answers, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gewu_dsl import model
from gewu_dsl.check.lists import BranchList
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.diagnostics import Text
from gewu_dsl.truth import leaves
from gewu_dsl.worlds import World
from gewu_dsl.worlds.sheets import context_name


def tell(meaning: Meaning, world: World, decided: BranchList) -> Text:
    """What a report answers to everything that a list of branches reads, blanks included."""
    plain = [meaning.worlds.space.unfold(each.when) for each in decided.branches if each.when is not None]
    read = dict.fromkeys(leaf for condition in plain for leaf in leaves(condition))
    said = [
        words for leaf in read for words in _answers(meaning, leaf, _value(meaning, world, decided, leaf))
    ]
    return Text("，".join(each.zh for each in said), ", ".join(each.en for each in said))


def _answers(meaning: Meaning, leaf: model.Expression, value: Any) -> Iterator[Text]:
    if value is None:
        yield meaning.words(model.IsBlank(leaf))
    elif isinstance(value, list):
        yield from (meaning.words(model.Includes(leaf, model.Constant(each))) for each in value)
    elif not isinstance(value, dict):
        yield meaning.words(model.Compare("=", leaf, model.Constant(value)))


def _value(meaning: Meaning, world: World, decided: BranchList, leaf: model.Expression) -> Any:
    """What conditions read there: attached files are counted."""
    match leaf:
        case model.Fact("finding"):
            return decided.finding
        case model.Fact("severity"):
            found = (each.severity for each in world.decision.findings if each.name == decided.finding)
            return next(found, None)
        case model.Answer(name):
            value = world.answers.get(name)
            is_counted = isinstance(value, list) and meaning.item.question(name).type in model.ATTACHED
            return len(value or ()) if is_counted else value
    return world.context.get(context_name(leaf))
