"""What a compilation gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from gewu_dsl import model
from gewu_dsl.diagnostics import Diagnostic, has_errors


@dataclass(frozen=True, slots=True)
class Result:
    """What a compilation declares. Items, registers and departments with errors are not in it; every mistake is in
    `diagnostics`, by file and place.

    `flawed` are items that have a meaning, and a mistake in it: an author may try on them what a counterexample says.
    """

    departments: tuple[model.Department, ...]
    kinds: tuple[model.PlaceKind, ...]
    items: tuple[model.Compiled, ...]
    diagnostics: tuple[Diagnostic, ...]
    flawed: tuple[model.Compiled, ...] = field(default=(), compare=False)

    @property
    def has_errors(self) -> bool:
        return has_errors(self.diagnostics)

    def item(self, name: str) -> model.Compiled:
        """The item called `name`; KeyError where there is none."""
        for compiled in self.items:
            if compiled.name == name:
                return compiled
        raise KeyError(name)
