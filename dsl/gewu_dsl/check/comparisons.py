"""G4: single comparisons that come out the same whatever is answered."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import model, tree
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.spans import Span
from gewu_dsl.worlds import Open


def comparisons_can_hold(meaning: Meaning) -> Iterator[Remark]:
    """Whatever hangs on nothing but such a comparison is told as a whole (G403, G405, G409, G414), with
    `why_never`."""
    told = _alone(meaning) | _listed(meaning).keys()
    told |= {each.when.span for each in meaning.scope.each(tree.For) if each.when is not None}
    for span, condition in meaning.comparisons:
        if span in told or meaning.worlds.space.may_hold(condition):
            continue
        words, answers = meaning.words(condition), _answers(meaning, condition)
        message = Text(
            f"“{words.zh}”永远不成立：{answers.zh or '没有这样的答案'}。",
            f"`{words.en}` never holds: {answers.en or 'there is no such answer'}.",
        )
        yield Remark(span, message, _NEVER_HELP)


def comparisons_can_fail(meaning: Meaning) -> Iterator[Remark]:
    """What only such a comparison decides is told as a whole (G403, G404, G408, G411, G412).

    The last of some branches may well name all that is left.
    """
    asked, listed = _alone(meaning), _listed(meaning)
    for span, condition in meaning.comparisons:
        if meaning.worlds.space.may_fail(condition) or listed.get(span):
            continue
        if span in asked and meaning.worlds.is_impossible(Open(condition)):
            continue
        words, answers = meaning.words(condition), _answers(meaning, condition)
        message = Text(
            f"“{words.zh}”只要填了就成立：{answers.zh or '等于没有问'}。",
            f"`{words.en}` holds whatever is answered: {answers.en or 'it asks nothing'}.",
        )
        yield Remark(span, message, _ALWAYS_HELP)


def why_never(meaning: Meaning, condition: model.Expression) -> Text | None:
    """Why a condition that is a comparison cannot hold by itself; None where it could, or is something else."""
    alone = isinstance(condition, model.Compare | model.Between | model.Among)
    if not alone or meaning.worlds.space.may_hold(condition):
        return None
    answers = _answers(meaning, condition)
    return Text(answers.zh or "没有这样的答案", answers.en or "there is no such answer")


def _alone(meaning: Meaning) -> set[Span]:
    """The whole conditions of findings and exclusions."""
    findings = meaning.scope.findings.values()
    return {each.when.span for each in findings if each.when is not None} | {
        each.condition.span for each in meaning.scope.each(tree.Exclude)
    }


def _listed(meaning: Meaning) -> dict[Span, bool]:
    """The whole conditions of branches that may decide; whether there are others in their list."""
    return {
        branch.when.span: len(each.node.branches) > 1
        for each in meaning.lists
        if not each.shared and each.finding not in meaning.lost
        for branch in each.node.branches
        if branch.when is not None
    }


def _answers(meaning: Meaning, condition: model.Expression) -> Text:
    """Between which numbers the one thing lies that a comparison reads; empty where that is not what matters."""
    if _is_with_nothing(condition):
        return Text("空的文字就是未填", "an empty text is a blank")
    read = list(meaning.reads(condition))
    asked = meaning.worlds.space.vocabulary.question(read[0]) if len(read) == 1 else None
    if asked is None:
        return Text("", "")
    if asked.type in model.ATTACHED and _is_none(condition):
        return Text("没有附的时候是未填，不是 0", "where nothing is attached it is blank, not 0")
    if asked.minimum is None or asked.maximum is None:
        return Text("", "")
    low, high = asked.minimum, asked.maximum
    return Text(f"这里只能填 {low} 到 {high}", f"it is answered from {low} to {high}")


def _is_with_nothing(condition: model.Expression) -> bool:
    match condition:
        case model.Compare(_, _, model.Constant("")) | model.Compare(_, model.Constant(""), _):
            return True
    return False


def _is_none(condition: model.Expression) -> bool:
    match condition:
        case model.Compare("=" | "<=", _, model.Constant(0)):
            return True
    return False


_ALWAYS_HELP = Text(
    "改比较的值或题目的范围；多余就删掉；只想知道填没填，就写：为 已填。",
    "change the value or the question's range, or delete it; to ask only whether it was filled in, write: is answered.",
)
_NEVER_HELP = Text("改比较的值，或者改题目的范围。", "change the value, or the question's range.")
