"""G4: single comparisons that come out the same whatever is answered."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import model
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text


def comparisons_can_hold(meaning: Meaning) -> Iterator[Remark]:
    for span, condition in meaning.comparisons:
        if not meaning.worlds.space.may_hold(condition):
            words, answers = meaning.words(condition), _answers(meaning, condition)
            message = Text(
                f"“{words.zh}”永远不成立：{answers.zh or '没有这样的答案'}。",
                f"`{words.en}` never holds: {answers.en or 'there is no such answer'}.",
            )
            yield Remark(span, message, _NEVER_HELP)


def comparisons_can_fail(meaning: Meaning) -> Iterator[Remark]:
    for span, condition in meaning.comparisons:
        if not meaning.worlds.space.may_fail(condition):
            words, answers = meaning.words(condition), _answers(meaning, condition)
            message = Text(
                f"“{words.zh}”只要填了就成立：{answers.zh or '等于没有问'}。",
                f"`{words.en}` holds whatever is answered: {answers.en or 'it asks nothing'}.",
            )
            yield Remark(span, message, _ALWAYS_HELP)


def _answers(meaning: Meaning, condition: model.Expression) -> Text:
    """Between which numbers the one thing lies that a comparison reads; empty where that is not what matters."""
    read = list(meaning.reads(condition))
    asked = meaning.worlds.space.vocabulary.question(read[0]) if len(read) == 1 else None
    if asked is None or asked.minimum is None or asked.maximum is None:
        return Text("", "")
    low, high = asked.minimum, asked.maximum
    return Text(f"这里只能填 {low} 到 {high}", f"it is answered from {low} to {high}")


_ALWAYS_HELP = Text(
    "改比较的值或题目的范围；多余就删掉。", "change the value or the question's range, or delete it."
)
_NEVER_HELP = Text("改比较的值，或者改题目的范围。", "change the value, or the question's range.")
