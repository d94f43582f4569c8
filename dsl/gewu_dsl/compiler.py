"""The whole compiler: text → parse → tree → resolve → check → lower → items.

Every stage is a function of its own: `parse.parse`, `resolve.resolve`, `check.check_unit` and `check_item`,
`lower.lower_item`, `check.check_meaning`, `examples.diagnose_examples`. A mistake of an author is a diagnostic; nothing
here raises for any text.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gewu_dsl import model, tree
from gewu_dsl.artifact import version_of
from gewu_dsl.check import check_item, check_meaning, check_unit
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.damage import Damage
from gewu_dsl.diagnostics import Diagnostic, has_errors, sort_diagnostics
from gewu_dsl.examples import diagnose_examples
from gewu_dsl.lower import lower_item, lower_register
from gewu_dsl.names import Known
from gewu_dsl.parse.reader import Reader
from gewu_dsl.resolve import Memory, resolve
from gewu_dsl.resolve.binding import Register
from gewu_dsl.resolve.scopes import ItemScope, Unit
from gewu_dsl.result import Result

__all__ = ["Compiler", "Known", "Result", "compile_sources", "compile_text"]


def compile_text(text: str, file: str = "<text>", known: Known = Known()) -> Result:
    """Compile one text on its own."""
    return compile_sources({file: text}, known)


def compile_sources(sources: Mapping[str, str], known: Known = Known()) -> Result:
    """Compile the texts of one pack together, by file name; `known` is what other packs declare."""
    return Compiler().compile_sources(sources, known)


class Compiler:
    """Compiles the texts of one pack time and again while they are edited; each result is that of `compile_sources`.

    Every stage keeps what it made last, and what it made it of; the stage after it compares nothing but identities. So
    after an edit one passage is parsed, and one item resolved, checked, lowered and tried. Not for several threads.
    """

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}
        self._memory = Memory()
        self._items: dict[int, _Item] = {}
        self._registers: Mapping[str, model.PlaceKind] = {}

    def compile_sources(self, sources: Mapping[str, str], known: Known = Known()) -> Result:
        with _undisturbed():
            return self._compile(sources, known)

    def _compile(self, sources: Mapping[str, str], known: Known) -> Result:
        self._readers = {file: self._readers.get(file) or Reader(file) for file in sources}
        parsed = {file: self._readers[file].read(text) for file, text in sources.items()}
        trees = {file: each.tree for file, each in parsed.items()}
        said = [diagnostic for each in parsed.values() for diagnostic in each.diagnostics]
        lost = frozenset(name for each in parsed.values() for name in each.lost)

        unit = resolve(trees, known, lost, Damage(trees, said), self._memory)
        items = self._take(unit)
        found = [*check_unit(unit), *(diagnostic for item in items for diagnostic in item.said)]
        said += [each for each in found if each.line not in parsed[each.file].torn]

        sound = Damage(trees, said)
        kinds = tuple(
            lower_register(each) for each in unit.registers.values() if sound.spares(each.file, each.node)
        )
        registers = {kind.kind: kind for kind in (*known.kinds, *kinds)}
        if registers != self._registers:
            self._registers = registers
        compiled: list[model.Compiled] = []
        flawed: list[model.Compiled] = []
        told: set[tuple[str, str, int, int]] = set()
        for item in items:
            if item.is_sound and _may_be_lowered(item.scope, sound):
                found = item.lower(self._registers)
                if found:
                    said += [each for each in found if _place_of(each) not in told]
                    told |= set(map(_place_of, found))
                compiled += item.compiled
                flawed += item.flawed
        departments = tuple(
            scope.department for scope in unit.departments.values() if sound.spares(scope.file, scope.node)
        )
        return Result(departments, kinds, tuple(compiled), tuple(sort_diagnostics(said)), tuple(flawed))

    def _take(self, unit: Unit) -> list[_Item]:
        """The items of a compilation: what is known of them, as far as they were not resolved anew."""
        former = {item.scope.name: item for item in self._items.values()}
        items = [self._items.get(id(scope)) or _Item(scope, former.get(scope.name)) for scope in unit.items]
        self._items = {id(item.scope): item for item in items}
        return items


class _Item:
    """One item behind its names: what the checks said, and what became of it. `former` is what it was last."""

    def __init__(self, scope: ItemScope, former: _Item | None) -> None:
        self.scope = scope
        self.said = check_item(scope)
        self.is_sound = not has_errors(self.said)
        self.compiled: tuple[model.Compiled, ...] = ()
        self.flawed: tuple[model.Compiled, ...] = ()
        self.former: _Item | None = former if former is None or former.compiled else former.former
        self.registers: Mapping[str, model.PlaceKind] | None = None
        self.found: list[Diagnostic] = []

    def lower(self, registers: Mapping[str, model.PlaceKind]) -> list[Diagnostic]:
        """What is wrong with the item's meaning; if nothing is, it is in `compiled`, else in `flawed`."""
        if self.registers is not registers:
            self.registers = registers
            item, lines = lower_item(self.scope)
            if self.former and self._has_moved(self.former):
                version = self.former.compiled[0].version
            else:
                version = version_of(item)
                self.found = _check_lowered(Meaning(self.scope, item, registers, version))
            compiled = model.Compiled(item, version, lines, self.scope.file)
            self.compiled, self.flawed = ((), (compiled,)) if has_errors(self.found) else ((compiled,), ())
            self.former = None
        return self.found

    def _has_moved(self, former: _Item) -> bool:
        """Whether it was all right already and only stands elsewhere now."""
        return (
            not former.found
            and former.registers is self.registers
            and former.scope.department is self.scope.department
            and former.scope.node == self.scope.node
        )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Nearly all that is made here lives as long as the result: looking for garbage finds none, and takes a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _place_of(said: Diagnostic) -> tuple[str, str, int, int]:
    """What is wrong with a default of the department is said once, however many items take it."""
    return said.code, said.file, said.line, said.column


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


def _check_lowered(meaning: Meaning) -> list[Diagnostic]:
    found = check_meaning(meaning)
    if meaning.item.examples and not has_errors(found):
        spans = [example.span for example in meaning.scope.each(tree.Example)]
        found += diagnose_examples(meaning.rules, spans, meaning.scope.file)
    return found
