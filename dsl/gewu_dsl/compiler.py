"""The whole compiler: text → parse → tree → resolve → check → lower → items.

Every stage is a function of its own: `parse.parse`, `resolve.resolve`, `check.check_unit`, `lower.lower_item`,
`check.check_meaning`, `examples.diagnose_examples`. A mistake of an author is a diagnostic; nothing here raises for any
text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gewu_dsl import model, tree
from gewu_dsl.artifact import version_of
from gewu_dsl.check import check_meaning, check_unit
from gewu_dsl.check.decisions import Meaning
from gewu_dsl.damage import Damage
from gewu_dsl.diagnostics import Diagnostic, has_errors, sort_diagnostics
from gewu_dsl.examples import diagnose_examples
from gewu_dsl.lower import lower_item, lower_register
from gewu_dsl.names import Known
from gewu_dsl.parse import parse
from gewu_dsl.resolve import resolve
from gewu_dsl.resolve.binding import Register
from gewu_dsl.resolve.scopes import ItemScope

__all__ = ["Known", "Result", "compile_sources", "compile_text"]


@dataclass(frozen=True, slots=True)
class Result:
    """What a compilation declares. Items, registers and departments with errors are not in it; every mistake is in
    `diagnostics`, by file and place."""

    departments: tuple[model.Department, ...]
    kinds: tuple[model.PlaceKind, ...]
    items: tuple[model.Compiled, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        return has_errors(self.diagnostics)

    def item(self, name: str) -> model.Compiled:
        """The item called `name`; KeyError where there is none."""
        for compiled in self.items:
            if compiled.item.name == name:
                return compiled
        raise KeyError(name)


def compile_text(text: str, file: str = "<text>", known: Known = Known()) -> Result:
    """Compile one text on its own."""
    return compile_sources({file: text}, known)


def compile_sources(sources: Mapping[str, str], known: Known = Known()) -> Result:
    """Compile the texts of one pack together, by file name; `known` is what other packs declare."""
    parsed = {file: parse(text, file) for file, text in sources.items()}
    trees = {file: each.tree for file, each in parsed.items()}
    said = [diagnostic for each in parsed.values() for diagnostic in each.diagnostics]
    lost = frozenset(name for each in parsed.values() for name in each.lost)

    unit = resolve(trees, known, lost, Damage(trees, said))
    said += [each for each in check_unit(unit) if each.line not in parsed[each.file].torn]

    sound = Damage(trees, said)
    kinds = tuple(
        lower_register(each) for each in unit.registers.values() if sound.spares(each.file, each.node)
    )
    registers = {kind.kind: kind for kind in (*known.kinds, *kinds)}
    items: list[model.Compiled] = []
    for scope in unit.items:
        if _may_be_lowered(scope, sound):
            item, lines = lower_item(scope)
            version = version_of(item)
            found = _check_lowered(scope, item, version, registers)
            said += found
            if not has_errors(found):
                items.append(model.Compiled(item, version, lines, scope.file))
    departments = tuple(
        scope.department for scope in unit.departments.values() if sound.spares(scope.file, scope.node)
    )
    return Result(departments, kinds, tuple(items), tuple(sort_diagnostics(said)))


def _may_be_lowered(scope: ItemScope, sound: Damage) -> bool:
    """Whether neither the item nor anything it builds on has an error."""
    department = scope.department
    if department is None or scope.names.forgiven or not sound.spares(scope.file, scope.node):
        return False
    if department.names.forgiven or not (
        department.node is None or sound.spares(department.file, department.node)
    ):
        return False
    return all(each.node is None or _is_sound_register(each, sound) for each in scope.names.registers)


def _is_sound_register(register: Register, sound: Damage) -> bool:
    known = register.names is not None and not register.names.forgiven
    return known and sound.spares(register.file, register.node)


def _check_lowered(
    scope: ItemScope, item: model.Item, version: str, registers: Mapping[str, model.PlaceKind]
) -> list[Diagnostic]:
    found = check_meaning(Meaning(scope, item, registers))
    if not has_errors(found):
        spans = [example.span for example in scope.each(tree.Example)]
        found += diagnose_examples(item, version, spans, scope.file)
    return found
