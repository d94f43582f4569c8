"""G6: what a form asks in vain, proved on its meaning: questions never shown, musts that refuse all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gewu_dsl import fixes, model, tree
from gewu_dsl.check.freedom import Freedom
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.truth import operands
from gewu_dsl.worlds import Claim, Fails, Holds, Open, World


def questions_are_shown(meaning: Meaning) -> Iterator[Remark]:
    freedom = Freedom(meaning.item)
    for question in meaning.item.questions:
        condition = meaning.scope.names.fields[question.name].shown_when
        if question.when is None or condition is None or freedom.allows(question.when):
            continue
        if meaning.worlds.is_impossible(Holds(question.when)) and _sheet(meaning) is not None:
            message = Text(
                f"“{question.name}”永远不会显示：交得上来的表，没有一种填法让它的条件成立。",
                f"`{question.name}` is never shown: nothing that can be filled in and sent makes its condition hold.",
            )
            yield Remark(condition.span, message, _SHOWN_HELP, counterexample=_sheet(meaning))


def musts_can_be_met(meaning: Meaning) -> Iterator[Remark]:
    """Also musts that contradict each other: the last of them is told, with those before it kept."""
    kept: list[Claim] = []
    for index, must in enumerate(meaning.item.musts):
        claim = Open(model.Not(must.condition))
        if not meaning.worlds.is_impossible(*kept, claim, submitted=False):
            kept.append(claim)
            continue
        node = _node(meaning, index)
        refused = _sheet(meaning, *kept, Fails(must.condition), submitted=False)
        if node is None or refused is None:
            continue
        alone = not kept or meaning.worlds.is_impossible(claim, submitted=False)
        yield Remark(
            node.condition.span, _REFUSES_ALL if alone else _CONTRADICTS, _MET_HELP, counterexample=refused
        )


def musts_can_refuse(meaning: Meaning) -> Iterator[Remark]:
    ranges: list[Claim] = []
    for index, must in enumerate(meaning.item.musts):
        node = _node(meaning, index)
        if node is None:
            ranges.append(Open(model.Not(must.condition)))
        elif meaning.worlds.is_impossible(*ranges, Fails(must.condition), submitted=False):
            offered = (fixes.delete(node.span),)
            span, shown = node.condition.span, _sheet(meaning)
            yield Remark(span, _REFUSES_NONE, _REFUSE_HELP, fixes=offered, counterexample=shown)


def choices_can_be_picked(meaning: Meaning) -> Iterator[Remark]:
    """Only a must can keep a choice from being picked; `yes` and `no` are not the author's to leave out."""
    concerned = {name for must in meaning.item.musts for name in must.questions}
    if not concerned or meaning.worlds.is_impossible():
        return
    for question in meaning.item.questions:
        node = meaning.scope.names.fields[question.name].node
        if question.name not in concerned or not isinstance(node, tree.Ask):
            continue
        for choice in node.type.choices:
            picked = Holds(_picks(question, choice.name.text))
            if not meaning.worlds.is_impossible(picked):
                continue
            refused = _sheet(meaning, picked, submitted=False)
            if refused is not None:
                yield _unpickable(question, choice, refused)


def musts_ask_for_what_is_shown(meaning: Meaning) -> Iterator[Remark]:
    conditions = {question.name: question.when for question in meaning.item.questions}
    for index, must in enumerate(meaning.item.musts):
        node = _node(meaning, index)
        for name in dict.fromkeys(_demanded(must.condition)) if node else ():
            when = conditions.get(name)
            if when is None or node is None:
                continue
            stuck = _sheet(meaning, Fails(must.condition), Open(when), submitted=False)
            if stuck is not None:
                message = Text(
                    f"“{name}”没有显示的时候，这条“必须”也会因为它没有填而拒收，填的人没有地方可填。",
                    f"This refuses a report because `{name}` is blank even where `{name}` is not shown: there is nothing to "
                    "fill in.",
                )
                alone = isinstance(must.condition, model.Not)
                offered = (fixes.delete(node.span),) if alone else ()
                yield Remark(node.condition.span, message, _ASKED_HELP, fixes=offered, counterexample=stuck)


def _node(meaning: Meaning, index: int) -> tree.Must | None:
    """The must as it is written; None for one that the range of a date makes, which stand before them."""
    written = meaning.scope.each(tree.Must)
    made = len(meaning.item.musts) - len(written)
    return written[index - made] if index >= made else None


def _sheet(meaning: Meaning, *claims: Claim, submitted: bool = True) -> Mapping[str, Any] | None:
    found = meaning.worlds.find(*claims, submitted=submitted)
    return found.sheet if isinstance(found, World) else None


def _picks(question: model.Question, choice: str) -> model.Expression:
    answer, picked = model.Answer(question.name), model.Constant(choice)
    if question.type == "any_of":
        return model.Includes(answer, picked)
    return model.Compare("=", answer, picked)


def _demanded(condition: model.Expression) -> Iterator[str]:
    """The questions whose blank makes the condition fail, wherever in it that is said."""
    match condition:
        case model.Not(model.IsBlank(model.Answer(name))):
            yield name
        case model.And() | model.Or():
            for operand in operands(condition):
                yield from _demanded(operand)


def _unpickable(question: model.Question, choice: tree.Choice, refused: Mapping[str, Any]) -> Remark:
    name = choice.name.text
    message = Text(
        f"“{question.name}”选了“{name}”，不管别的怎么填都会被拒收：列出来却谁也选不了。",
        f"Whoever picks `{name}` for `{question.name}` is refused whatever else is filled in: it is listed in vain.",
    )
    help = Text("从选项里删掉它，或者改“必须”的条件。", "take it off the list, or change the `must`.")
    return Remark(choice.name.span, message, help, counterexample=refused)


_SHOWN_HELP = Text("改它的“当”，或者删掉这道题。", "change its `when`, or delete the question.")
_REFUSES_ALL = Text(
    "这条“必须”谁也满足不了：怎么填都会被拒收，这张表永远交不上来。",
    "Nobody can satisfy this `must`: whatever is filled in is refused, and the form can never be sent.",
)
_CONTRADICTS = Text(
    "这条“必须”和前面的合在一起，谁也满足不了：怎么填都会被拒收，这张表永远交不上来。",
    "Nobody can satisfy this `must` together with those before it: whatever is filled in is refused, and the form can "
    "never be sent.",
)
_MET_HELP = Text(
    "“必须”后面写填对了的样子，例如：必须 净宽 > 0.3；看看是不是写反了。",
    "after `must` stands what a right answer looks like, e.g. must width > 0.3; see whether it is the wrong way round.",
)
_REFUSES_NONE = Text(
    "这条“必须”从来不会拒收：能填的答案全都满足它。",
    "This `must` never refuses anything: every possible answer satisfies it.",
)
_REFUSE_HELP = Text("改它的条件，或者删掉它。", "change its condition, or delete it.")
_ASKED_HELP = Text(
    "题目显示时本来就必须填，删掉这条；或者在条件里加上：…… 或 前面那道题的答案。",
    "a shown question has to be answered anyway, so delete this; or let the condition hold where it is not shown: … or …",
)
