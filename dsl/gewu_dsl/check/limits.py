"""G5: limits that contradict each other, within a finding and within its stages; visits that never take place."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import fixes, model, tree
from gewu_dsl.check.lengths import is_longer
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.lower.expressions import lower_limit
from gewu_dsl.phrases import Phrases
from gewu_dsl.render import limit_words, word
from gewu_dsl.resolve.clauses import Clauses
from gewu_dsl.resolve.scopes import FindingScope, ItemScope

_WAITING: tuple[tree.Step, ...] = ("accept", "file", "dispatch")
"""The steps in which a case waits for somebody to pass it on; verifying may well take longer than handling."""
_NEAR = 20
"""How many stages before one are compared with it: more than any standard has, few enough for any text."""


def stages_end_within_the_whole(item: ItemScope) -> Iterator[Remark]:
    for own in _bodies(item):
        handle = own.limits.get("handle")
        for stage in own.stages if handle else ():
            limit = lower_limit(stage.limit)
            shorter = [whole for whole in _limits(handle) if is_longer(limit, whole)]
            if not shorter:
                continue
            mine, whole = _both(limit), _both(shorter[0])
            message = Text(
                f"阶段“{stage.name}”要 {mine.zh}，而整个处置只有 {whole.zh}：案件到期时这个阶段还没有到期。",
                f"Stage `{stage.name}` takes {mine.en}, but handling as a whole takes {whole.en}: "
                "the case would be due before its stage.",
            )
            yield Remark(stage.limit.span, message, _STAGES_HELP)


def stages_run_forwards(item: ItemScope) -> Iterator[Remark]:
    for own in _bodies(item):
        for index, stage in enumerate(own.stages):
            limit = lower_limit(stage.limit)
            before = next(
                (
                    b
                    for b in own.stages[max(0, index - _NEAR) : index]
                    if is_longer(lower_limit(b.limit), limit)
                ),
                None,
            )
            if before is None:
                continue
            mine, other = _both(limit), _both(lower_limit(before.limit))
            message = Text(
                f"阶段“{stage.name}”（{mine.zh}）写在“{before.name}”（{other.zh}）后面，却先到期：阶段都从派遣算起，"
                "不是接着上一个阶段算。",
                f"Stage `{stage.name}` ({mine.en}) comes after `{before.name}` ({other.en}) but is due first: all stages "
                "count from dispatch, not from the stage before.",
            )
            yield Remark(stage.limit.span, message, _STAGES_HELP, fixes=_add_up(item, before, stage))


def settling_is_shorter_than_handling(item: ItemScope) -> Iterator[Remark]:
    for finding in item.findings.values():
        clauses = finding.clauses
        if clauses.on_site is None:
            continue
        limit, whole = lower_limit(clauses.on_site.limit), _handling(clauses)
        if whole and all(is_longer(limit, each) for each in whole):
            mine, longest = _both(limit), _both(whole[-1])
            message = Text(
                f"情形“{finding.name}”当场整改给 {mine.zh}，比立案以后的处置（{longest.zh}）还长。",
                f"Finding `{finding.name}` gives {mine.en} to settle it on the spot, which is longer than handling the "
                f"case takes ({longest.en}).",
            )
            yield Remark(_where(finding, finding.own.on_site, "handle"), message, _ON_SITE_HELP)


def waiting_is_shorter_than_handling(item: ItemScope) -> Iterator[Remark]:
    known: dict[int, list[model.Duration]] = {}  # most findings of an item share these limits
    for finding in item.findings.values():
        whole = _handling(finding.clauses)
        for step in _WAITING:
            limit = finding.clauses.limits.get(step)
            if limit is None or limit.automatic:
                continue
            waits = known.get(id(limit)) or known.setdefault(id(limit), _limits(limit))
            if whole and waits and all(is_longer(wait, each) for wait in waits for each in whole):
                mine, longest = _both(waits[0]), _both(whole[-1])
                message = Text(
                    f"情形“{finding.name}”{word(step)}就要 {mine.zh}，比处置（{longest.zh}）还长：案件多半时间在等人转手。",
                    f"Finding `{finding.name}` takes {mine.en} to {step}, which is longer than handling it takes "
                    f"({longest.en}): the case mostly waits to be passed on.",
                )
                own = finding.own.limits.get(step)
                yield Remark(_where(finding, own, "handle"), message, _WAITING_HELP)


def visits_take_place(item: ItemScope) -> Iterator[Remark]:
    for visit in item.each(tree.Visit):
        for branch in visit.branches:
            if branch.value.times == 0:
                once = Phrases(item.names.language).branch(tree.Branch(tree.Rate(1, branch.value.period)))
                offered = (fixes.replace(branch.value.span, once[0].text),)
                yield Remark(branch.value.span, _NO_VISITS, _NO_VISITS_HELP, fixes=offered)


def _bodies(item: ItemScope) -> Iterator[Clauses]:
    yield item.defaults
    yield from (finding.own for finding in item.findings.values())


def _limits(limit: tree.Limit | None) -> list[model.Duration]:
    return [lower_limit(branch.value) for branch in limit.branches] if limit else []


def _handling(clauses: Clauses) -> list[model.Duration]:
    """How long handling may take as a whole; without a limit of its own, until the last stage."""
    return _limits(clauses.limits.get("handle")) or [lower_limit(each.limit) for each in clauses.stages[-1:]]


def _both(limit: model.Duration) -> Text:
    return Text(limit_words(limit), limit_words(limit, "en"))


def _where(finding: FindingScope, own: tree.Node | None, other: tree.Step) -> tree.Span:
    """The clause in the finding itself, if either stands there, else the finding."""
    node = own or finding.own.limits.get(other)
    return node.span if node is not None else finding.span


def _add_up(item: ItemScope, before: tree.Stage, stage: tree.Stage) -> tuple[Fix, ...]:
    """The limit as it is if the author meant it to count from the end of the stage before."""
    first, then = before.limit, stage.limit
    if not (isinstance(first, tree.Duration) and isinstance(then, tree.Duration) and first.unit == then.unit):
        return ()
    whole = tree.Duration(first.amount + then.amount, then.unit)
    return (fixes.replace(then.span, Phrases(item.names.language).duration(whole)),)


_STAGES_HELP = Text(
    "每个阶段写从派遣算起一共多久，越往后越长，最后一个不超过处置时限。",
    "give each stage the time since dispatch: the later, the longer, and none longer than handling.",
)
_ON_SITE_HELP = Text(
    "把当场整改的时间写短，或者不写当场整改。", "give less time on the spot, or leave `on site` out."
)
_WAITING_HELP = Text(
    "在这个情形里另写一个短的时限，例如：受理 15 分钟，或者：派遣 自动。",
    "write a shorter limit in this finding, e.g. accept 15 minutes, or: dispatch automatically.",
)
_NO_VISITS = Text("巡查 0 次就是不巡查，排不出计划。", "0 visits are none, and no plan can be made of them.")
_NO_VISITS_HELP = Text(
    "写 1 次或更多；不巡查的场所用“适用 台账名 当 …”排除。",
    "write 1 or more; leave places out with `for KIND when …`.",
)
