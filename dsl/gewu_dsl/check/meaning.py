"""An item that is without other errors, as the checks on its meaning look at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from gewu_dsl import model, tree
from gewu_dsl.check.lists import BranchList, branch_decides, branch_lists
from gewu_dsl.diagnostics import Text
from gewu_dsl.lower.expressions import lower_value
from gewu_dsl.render import expression_words
from gewu_dsl.resolve.scopes import ItemScope
from gewu_dsl.rules import Rules, compile_rules
from gewu_dsl.rules.source import condition_of
from gewu_dsl.spans import Span
from gewu_dsl.truth import leaves
from gewu_dsl.worlds import Claim, Holds, Open, Undecided, Walk, World, Worlds

_SEVERITY = model.Fact("severity")
_DECIDED = {_SEVERITY, model.Fact("finding")}


@dataclass(frozen=True)
class Meaning:
    """An item as it was resolved and as it was lowered, with the registers it may read.

    What several checks need is made when the first of them asks, and shared.
    """

    scope: ItemScope
    item: model.Item
    registers: Mapping[str, model.PlaceKind]
    version: str | None = None

    @cached_property
    def rules(self) -> Rules:
        return compile_rules(self.item, version=self.version)

    @cached_property
    def worlds(self) -> Worlds:
        return Worlds(self.item, self.registers)

    @cached_property
    def lists(self) -> tuple[BranchList, ...]:
        return tuple(branch_lists(self))

    @cached_property
    def groups(self) -> tuple[list[BranchList], ...]:
        """The lists of the item that decide anything, with all the findings that share them."""
        groups: dict[int, list[BranchList]] = {}
        for each in self.lists:
            if not each.shared and each.finding not in self.lost:
                groups.setdefault(id(each.node), []).append(each)
        return tuple(groups.values())

    @cached_property
    def unreached(self) -> dict[int, frozenset[int]]:
        """The branches of each of the groups (the id of its node) that certainly never decide."""
        return {id(group[0].node): self._never_deciding(group) for group in self.groups}

    @cached_property
    def gaps(self) -> tuple[tuple[BranchList, World | Undecided], ...]:
        """Every list that is not proved complete, once however many findings share it, with a report that it leaves
        undecided, or that it cannot be told."""
        found: dict[int, tuple[BranchList, World | Undecided]] = {}
        for each in self.lists:
            if id(each.node) in self.without_severity:
                continue
            if each.is_open and not isinstance(found.get(id(each.node), (each, None))[1], World):
                gap = self.find(each, *each.deciding(len(each.branches)), *self._severity_known(each))
                if gap is not None:
                    found[id(each.node)] = each, gap
        return tuple(found.values())

    @cached_property
    def without_severity(self) -> frozenset[int]:
        """The lists (ids of their nodes) that read the severity of findings of which none has one."""
        found: dict[int, bool] = {}
        for each in self.lists:
            severe = each.finding is None or bool(self.item.finding(each.finding).severity)
            asked = any(_SEVERITY in self.reads(branch.when) for branch in each.branches)
            found[id(each.node)] = found.get(id(each.node), True) and asked and not severe and not each.shared
        return frozenset(node for node, lacking in found.items() if lacking)

    @cached_property
    def lost(self) -> frozenset[str]:
        """The findings that no report can have; all of them where no report can be made at all."""
        return frozenset(each.name for each in self.item.findings if self.worlds.first(each.name) is None)

    @cached_property
    def _reads(self) -> dict[int, tuple[model.Expression, frozenset[model.Expression]]]:
        return {}

    @cached_property
    def comparisons(self) -> tuple[tuple[Span, model.Expression], ...]:
        """Every comparison written in the item, with its meaning, but for those that ask what is decided, and those that
        show questions or refuse answers, which are looked at as a whole."""
        names = self.scope.names
        found = [*names.each(tree.Compare), *names.each(tree.In), *names.each(tree.Between)]
        return tuple(
            (node.span, condition)
            for node, site in found
            if isinstance(node, tree.Compare | tree.In | tree.Between)
            and site.role not in ("shown", "must")
            and _DECIDED.isdisjoint(self.reads(condition := lower_value(node, names)))
        )

    def find(self, decided: BranchList, *claims: Claim) -> World | Undecided | None:
        """A report in which a list is asked and the claims are true; before a visit no form has been filled in."""
        return self.worlds.find(*claims, finding=decided.finding, submitted=decided.finding is not None)

    def is_impossible(self, decided: BranchList, *claims: Claim) -> bool:
        """Whether there is certainly no such report."""
        return self.worlds.is_impossible(
            *claims, finding=decided.finding, submitted=decided.finding is not None
        )

    def walk(self, decided: BranchList) -> Walk:
        """The reports in which a list is asked, to be led along its branches."""
        return self.worlds.walk(decided.finding, submitted=decided.finding is not None)

    def _never_deciding(self, group: list[BranchList]) -> frozenset[int]:
        left = set(range(len(group[0].branches)))
        for each in group:
            walk = self.walk(each)
            for index, branch in enumerate(each.branches):
                if index in left and not walk.is_impossible(*branch_decides(branch)):
                    left.remove(index)
                if branch.when is not None:
                    walk.assume(Open(branch.when))
            if not left:
                break
        return frozenset(left)

    def _severity_known(self, decided: BranchList) -> tuple[Claim, ...]:
        """That a report has a severity, for a list that reads it: where it has none, the list of severities has the gap."""
        if decided.finding is None or not self.item.finding(decided.finding).severity:
            return ()
        read = (_SEVERITY in self.reads(branch.when) for branch in decided.branches)
        return (Holds(model.Not(model.IsBlank(_SEVERITY))),) if any(read) else ()

    def condition(self, finding: model.Finding) -> model.Expression:
        """When a finding holds; a picked one where it is picked."""
        return condition_of(finding) or model.Constant(True)

    def reads(self, condition: model.Expression | None) -> frozenset[model.Expression]:
        """What a condition reads, with its lets put in."""
        if condition is None:
            return frozenset()
        known = self._reads.get(id(condition))
        if known is None:
            read = frozenset(leaves(self.worlds.space.unfold(condition)))
            known = self._reads[id(condition)] = condition, read
        return known[1]

    def questions_read(self, conditions: Iterable[model.Expression | None]) -> tuple[str, ...]:
        """The questions that conditions read, in the order of the form."""
        read = {leaf for condition in conditions for leaf in self.reads(condition)}
        return tuple(each.name for each in self.item.questions if model.Answer(each.name) in read)

    def may_be_blank(self, name: str) -> bool:
        """Whether a report may leave a question without an answer."""
        question = self.item.question(name)
        return question.optional or question.when is not None

    def words(self, condition: model.Expression) -> Text:
        """A condition in words: with the labels of the form, and as an author would type it."""
        places = tuple(self.registers.values())
        return Text(
            expression_words(condition, self.item, "zh", places), expression_words(condition, self.item, "en")
        )
