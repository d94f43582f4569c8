"""Which office every name after `route`, `with`, `under` and in an expectation stands for."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import model, tree
from gewu_dsl.names import Miss
from gewu_dsl.resolve.scopes import DepartmentScope, ItemScope, Unit


def bind_offices(unit: Unit, scope: ItemScope) -> None:
    """Fill `scope.offices` with full names (`department.office`) and built-in ones."""
    for name in _office_names(scope):
        office = find_office(unit, name.text, scope.department)
        if office is not None:
            scope.offices[id(name)] = office
        elif scope.department is not None or "." in name.text:
            candidates = _candidates(unit, scope.department)
            titled = _find_titled(scope.department, name.text)
            scope.names.misses.append(Miss("office", name.text, name.span, candidates, scope.file, titled))


def find_office(unit: Unit, name: str, home: DepartmentScope | None) -> str | None:
    """The full name of an office: of `home` where no department is written, or a built-in one."""
    if name in model.BUILT_IN_OFFICES:
        return name
    if "." not in name:
        return f"{home.department.code}.{name}" if home and name in home.offices else None
    code, _, office = name.partition(".")
    department = unit.departments.get(code)
    return name if department and office in department.offices else None


def _candidates(unit: Unit, home: DepartmentScope | None) -> tuple[str, ...]:
    own = tuple(home.offices) if home else ()
    full = tuple(
        office.name for department in unit.departments.values() for office in department.offices.values()
    )
    return (*own, *full, *model.BUILT_IN_OFFICES)


def _find_titled(home: DepartmentScope | None, title: str) -> str:
    """The code of the office at home with this title, where just one has it."""
    found = [code for code, office in home.offices.items() if office.title == title] if home else []
    return found[0] if len(found) == 1 else ""


def _office_names(scope: ItemScope) -> Iterator[tree.Name]:
    routes = [scope.defaults.route, *(finding.own.route for finding in scope.findings.values())]
    for route in routes:
        if route is not None:
            for branch in route.branches:
                yield from branch.value.offices
            yield from route.co_handlers
            if route.supervisor is not None:
                yield route.supervisor
    for example in scope.each(tree.Example):
        if isinstance(example.expect, tree.ExpectFindings):
            for expected in example.expect.findings:
                for value in expected.values:
                    if value.aspect in ("route", "with", "under") and isinstance(value.value, tree.Name):
                        yield value.value
