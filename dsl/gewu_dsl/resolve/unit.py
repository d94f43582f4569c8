"""The declarations of all files of a compilation: departments, kinds of places, items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gewu_dsl import model, tree
from gewu_dsl.damage import Damage
from gewu_dsl.names import Known, Miss, Twice, field_of, field_of_question
from gewu_dsl.resolve.binding import Names, Register, Site, bind_branches
from gewu_dsl.resolve.clauses import collect_clauses
from gewu_dsl.resolve.items import resolve_item
from gewu_dsl.resolve.scopes import DepartmentScope, ItemScope, Unit
from gewu_dsl.words import OFFICE_WORDS, Language


class Memory:
    """What an earlier call of `resolve` found, for the next one about nearly the same trees.

    Departments and registers are kept as long as none of them changes, and nothing else that every name may depend on;
    an item then is kept as long as it is the same node.
    """

    def __init__(self) -> None:
        self.base: tuple[object, ...] = ()
        self.nodes: list[tree.Declaration] = []
        self.ground = Unit({}, {}, [])
        self.items: dict[int, ItemScope] = {}


def resolve(
    files: Mapping[str, tree.File],
    known: Known = Known(),
    lost: frozenset[str] = frozenset(),
    damage: Damage | None = None,
    memory: Memory | None = None,
) -> Unit:
    """Bind every name in `files`, trees by file name, with what `known` declares elsewhere.

    `lost` and `damage` come from the parser: names that statements it gave up would have declared are not missed. What
    `memory` holds is not bound again, and it holds all of this afterwards.
    """
    memory = memory or Memory()
    others = [
        (file, content.language, each)
        for file, content in files.items()
        for each in content.declarations
        if not isinstance(each, tree.Item)
    ]
    base = (known, lost, [(file, language, id(node)) for file, language, node in others])
    if base != memory.base:
        memory.base, memory.items = base, {}
        memory.nodes = [node for _, _, node in others]  # held, so that their ids stay theirs
        memory.ground = _resolve_ground(others, known, lost)
    ground = memory.ground
    unit = Unit(ground.departments, ground.registers, [], list(ground.twice), list(ground.misses))
    for item, file, language in _declare_items(unit, files):
        damaged = damage is not None and damage.tears(file, item)
        kept = memory.items.get(id(item))
        if kept is None or (kept.file, kept.names.language, kept.damaged) != (file, language, damaged):
            kept = resolve_item(unit, item, file)
            kept.damaged = damaged
            _settle(kept.names, language, lost)
        unit.items.append(kept)
    memory.items = {id(scope.node): scope for scope in unit.items}
    unit.misses = [each for each in unit.misses if _is_missed(each, lost)]
    return unit


def _resolve_ground(
    others: Sequence[tuple[str, Language, tree.Declaration]], known: Known, lost: frozenset[str]
) -> Unit:
    """The departments and registers; the items stand on these and not on each other."""
    unit = Unit(departments={}, registers={}, items=[])
    for department in known.departments:
        unit.departments[department.code] = _known_department(department)
    for kind in known.kinds:
        fields = {question.name: field_of_question(question) for question in kind.attributes}
        unit.registers[kind.kind] = Register(kind.kind, kind.label, fields)
    for file, _, declaration in others:
        if isinstance(declaration, tree.Department):
            _declare_department(unit, declaration, file)
        elif isinstance(declaration, tree.Place):
            _declare_register(unit, declaration, file)
    languages = {file: language for file, language, _ in others}
    for names in _tables(unit):
        _settle(names, languages.get(names.file, names.language), lost)
    return unit


def _settle(names: Names, language: Language, lost: frozenset[str]) -> None:
    """What was bound, seen from the whole file: its language, and which of the names not found the parser has lost."""
    names.language = language
    kept = [each for each in names.misses if _is_missed(each, lost)]
    names.forgiven = len(kept) < len(names.misses)
    names.misses = kept


def _is_missed(miss: Miss, lost: frozenset[str]) -> bool:
    return lost.isdisjoint((miss.name, miss.name.partition(".")[0]))


def _tables(unit: Unit) -> list[Names]:
    tables = [department.names for department in unit.departments.values()]
    tables += [register.names for register in unit.registers.values() if register.names is not None]
    return tables


def _known_department(department: model.Department) -> DepartmentScope:
    offices = {office.code: office for office in department.offices}
    return DepartmentScope(department, "", Names(""), offices=offices)


def _declare_department(unit: Unit, node: tree.Department, file: str) -> None:
    code = node.code.text
    offices: dict[str, model.Office] = {}
    lines: dict[str, int] = {}
    for office in node.body:
        if not isinstance(office, tree.Office):
            continue
        name = office.code.text
        if name in offices or name in OFFICE_WORDS or name in OFFICE_WORDS.values():
            unit.twice.append(Twice("office", office.code, lines.get(name), file, file))
        else:
            offices[name] = model.Office(code, name, office.title, office.tier)
            lines[name] = office.span.line
    calendars = [statement for statement in node.body if isinstance(statement, tree.Calendar)]
    calendar = calendars[0].name.text if calendars else None
    department = model.Department(code, node.title, tuple(offices.values()), calendar)
    defaults = collect_clauses(node.body)
    names = Names(file, every_register=unit.registers)
    for limit in defaults.limits.values():
        bind_branches(names, limit, "clause")
    scope = DepartmentScope(department, file, names, node, defaults, offices)
    _declare("department", node.code, unit.departments.get(code), file, unit)
    unit.departments.setdefault(code, scope)


def _declare_register(unit: Unit, node: tree.Place, file: str) -> None:
    register = Register(node.kind.text, node.label, {}, file, node)
    for ask in node.body:
        attribute = field_of(ask)
        first = register.fields.setdefault(attribute.name, attribute)
        if first is not attribute:
            line = first.node.span.line if first.node else None
            unit.twice.append(Twice("attribute", ask.name, line, file, file))
    register.names = Names(file, fields=register.fields)
    for attribute in register.fields.values():
        if attribute.shown_when is not None:
            register.names.bind(Site(attribute.shown_when, "shown"))
    _declare("kind", node.kind, unit.registers.get(register.kind), file, unit)
    unit.registers.setdefault(register.kind, register)


def _declare(
    what: str, name: tree.Name, first: DepartmentScope | Register | None, file: str, unit: Unit
) -> None:
    """Note a second declaration, whether the first stands in this compilation or in another pack."""
    if first is not None:
        line = first.node.span.line if first.node else None
        unit.twice.append(Twice(what, name, line, file, first.file))


def _declare_items(unit: Unit, files: Mapping[str, tree.File]) -> Iterator[tuple[tree.Item, str, Language]]:
    """The items with their files; what is wrong with their names is noted in `unit`."""
    seen: dict[str, tuple[int, str]] = {}
    for file, content in files.items():
        for node in content.declarations:
            if not isinstance(node, tree.Item):
                continue
            name = node.name.text
            if name in seen:
                line, first_file = seen[name]
                unit.twice.append(Twice("item", node.name, line, file, first_file))
            seen.setdefault(name, (node.span.line, file))
            code = name.partition(".")[0]
            if code not in unit.departments or "." not in name:
                unit.misses.append(Miss("department", name, node.name.span, tuple(unit.departments), file))
            yield node, file, content.language
