"""The catalogue: what all packs together offer, pack by pack.

A pack with an error contributes nothing and shows its diagnostics; every other pack keeps working. Each pack compiles
on its own, so that dropping a folder in or taking one away never changes what another one means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from gewu_dsl.diagnostics import Diagnostic, Text, diagnose, has_errors, sort_diagnostics
from gewu_dsl.model import Compiled, Department, PlaceKind, Question
from gewu_dsl.result import Result
from gewu_dsl.sources import read_source
from gewu_dsl.spans import NOWHERE
from gewu_item_catalog.cache import Compile, compile_pack
from gewu_item_catalog.packs import PRESENTATIONS, Pack, find_packs

ENGINE_VERSION = "0.1.0"
"""What a pack's `engine` range is held against."""


@dataclass(frozen=True, slots=True)
class LoadedPack:
    """A pack after compiling. `accepted` is False when any of its diagnostics is an error."""

    code: str
    path: Path
    version: str
    contact: str
    accepted: bool
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, str] = field(repr=False)
    departments: tuple[Department, ...] = ()
    kinds: tuple[PlaceKind, ...] = ()
    items: tuple[Compiled, ...] = ()
    presentation: str = PRESENTATIONS[0]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything the accepted packs declare, by name; `presentations` by the department's code."""

    packs: tuple[LoadedPack, ...] = ()
    departments: Mapping[str, Department] = field(default_factory=dict)
    kinds: Mapping[str, PlaceKind] = field(default_factory=dict)
    items: Mapping[str, Compiled] = field(default_factory=dict)
    presentations: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, item: str) -> str:
        """The text of the file that declares `item`; KeyError where there is none."""
        compiled = self.items[item]
        for pack in self.packs:
            if pack.accepted and pack.code == compiled.item.department:
                return pack.sources[compiled.file]
        raise KeyError(item)


def load_catalogue(paths: Iterable[Path], compiling: Compile = compile_pack) -> Catalogue:
    """Find, compile and merge every pack on `paths`."""
    catalogue = Catalogue()
    for pack in find_packs(paths):
        catalogue = admit(catalogue, pack, compiling)
    return catalogue


def admit(catalogue: Catalogue, pack: Pack, compiling: Compile = compile_pack) -> Catalogue:
    """`catalogue` with `pack` added: whole, or refused whole with its diagnostics.

    `compiling` does what `compile_sources` does, as the method of a `Cache` or of a `Compiler` does it.
    """
    sources, diagnostics = _read(pack)
    result = compiling(sources)
    unread = {each.file for each in diagnostics}
    diagnostics += (each for each in result.diagnostics if each.file not in unread)
    diagnostics += _check_pack(pack, result, sources) + _check_against(catalogue, pack, result)
    accepted = not has_errors(diagnostics)
    loaded = LoadedPack(
        code=result.departments[0].code if result.departments else pack.root.name,
        path=pack.root,
        version=pack.version,
        contact=pack.contact,
        accepted=accepted,
        diagnostics=tuple(sort_diagnostics(diagnostics)),
        sources=sources,
        departments=tuple(result.departments),
        kinds=tuple(result.kinds),
        items=tuple(result.items) if accepted else (),
        presentation=pack.presentation,
    )
    if not accepted:
        return replace(catalogue, packs=(*catalogue.packs, loaded))
    return Catalogue(
        packs=(*catalogue.packs, loaded),
        departments={**catalogue.departments, **{each.code: each for each in result.departments}},
        kinds=_merge_kinds(catalogue.kinds, result.kinds),
        items={**catalogue.items, **{each.name: each for each in result.items}},
        presentations={
            **catalogue.presentations, **{each.code: pack.presentation for each in result.departments},
        },
    )  # fmt: skip


def _read(pack: Pack) -> tuple[dict[str, str], list[Diagnostic]]:
    sources: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    for file, data in pack.sources:
        text, problems = read_source(data, file)
        sources[file] = text
        diagnostics += problems
    return sources, diagnostics


def _check_pack(pack: Pack, result: Result, sources: Mapping[str, str]) -> list[Diagnostic]:
    """What a folder must be to count as one department's pack."""
    first = next(iter(sources), "pack.toml")
    problems = [
        diagnose("G811", "pack.toml", NOWHERE, Text(f"这个文件读不了：{each}", f"cannot be read: {each}"))
        for each in pack.problems
    ]
    codes = [each.code for each in result.departments]
    if len(codes) != 1:
        problems.append(
            diagnose(
                "G812",
                first,
                NOWHERE,
                Text(
                    f"一个部门包必须恰好声明一个部门，这里有 {len(codes)} 个：{'、'.join(codes) or '无'}。",
                    f"a pack declares exactly one department, this one declares {len(codes)}: "
                    f"{', '.join(codes) or 'none'}.",
                ),
                Text(
                    "在 department.gewu 里写：部门 代码 “名称”",
                    'write in department.gewu: department CODE "name"',
                ),
            )
        )
    if pack.engine and not _fits(pack.engine):
        problems.append(
            diagnose(
                "G813",
                "pack.toml",
                NOWHERE,
                Text(
                    f"这个部门包要求引擎版本 {pack.engine}，当前是 {ENGINE_VERSION}。",
                    f"this pack wants engine {pack.engine}, this one is {ENGINE_VERSION}.",
                ),
            )
        )
    return problems + _check_presentation(pack)


def _check_presentation(pack: Pack) -> list[Diagnostic]:
    """A course that nobody can show."""
    if pack.presentation in PRESENTATIONS:
        return []
    near = get_close_matches(pack.presentation, PRESENTATIONS, 1, 0.3) or PRESENTATIONS[:1]
    return [
        diagnose(
            "G816", "pack.toml", NOWHERE,
            Text(
                f"没有叫 {pack.presentation} 的流程展示方式，可以用：{'、'.join(PRESENTATIONS)}。",
                f"there is no presentation {pack.presentation}; there are {', '.join(PRESENTATIONS)}.",
            ),
            Text(f'改成 presentation = "{near[0]}"', f'write presentation = "{near[0]}"'),
        )
    ]  # fmt: skip


def _fits(engine: str) -> bool:
    try:
        return ENGINE_VERSION in SpecifierSet(engine)
    except InvalidSpecifier:
        return False


def _check_against(catalogue: Catalogue, pack: Pack, result: Result) -> list[Diagnostic]:
    """What two packs may not both say."""
    problems: list[Diagnostic] = []
    for department in result.departments:
        if department.code in catalogue.departments:
            owner = next(
                each.path for each in catalogue.packs if each.accepted and each.code == department.code
            )
            problems.append(
                diagnose(
                    "G814",
                    "department.gewu",
                    NOWHERE,
                    Text(
                        f"部门代码 {department.code} 已由 {owner.name} 声明，两个部门包不能用同一个代码。",
                        f"department {department.code} is already declared by {owner.name}.",
                    ),
                )
            )
    for kind in result.kinds:
        known = catalogue.kinds.get(kind.kind)
        for attribute in _quarrels(known, kind) if known else ():
            problems.append(
                diagnose(
                    "G815",
                    "department.gewu",
                    NOWHERE,
                    Text(
                        f"台账 {kind.kind} 的属性 {attribute} 与别的部门包声明的类型或选项不同。",
                        f"attribute {attribute} of place {kind.kind} differs in type or choices from another pack's.",
                    ),
                    Text(
                        "改成相同的类型和选项，或换一个属性名。",
                        "make them the same, or choose another name.",
                    ),
                )
            )
    return problems


def _quarrels(known: PlaceKind, new: PlaceKind) -> list[str]:
    mine = {each.name: _shape(each) for each in known.attributes}
    return [each.name for each in new.attributes if each.name in mine and mine[each.name] != _shape(each)]


def _shape(attribute: Question) -> tuple[object, ...]:
    return attribute.type, frozenset(choice.name for choice in attribute.choices), attribute.private


def _merge_kinds(known: Mapping[str, PlaceKind], new: Iterable[PlaceKind]) -> dict[str, PlaceKind]:
    """A kind declared by several packs has the attributes of them all."""
    merged = dict(known)
    for kind in new:
        before = merged.get(kind.kind)
        if before is None:
            merged[kind.kind] = kind
            continue
        names = {each.name for each in before.attributes}
        added = tuple(each for each in kind.attributes if each.name not in names)
        merged[kind.kind] = replace(before, attributes=before.attributes + added)
    return merged
