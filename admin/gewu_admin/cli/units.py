"""From paths on the command line to what is compiled together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from gewu_admin.cli.opening import settings_for
from gewu_admin.cli.output import Failure, Usage
from gewu_admin.packs import compiler_for
from gewu_dsl.diagnostics import Diagnostic, has_errors, sort_diagnostics
from gewu_dsl.model import Compiled, Department
from gewu_dsl.names import near
from gewu_dsl.result import Result
from gewu_dsl.sources import read_source
from gewu_item_catalog.catalogue import Catalogue, admit, load_catalogue
from gewu_item_catalog.packs import SUFFIX, read_pack

MARKS = ("pack.toml", f"department{SUFFIX}")
"""Files that tell where a pack begins."""

DEPTH = 4
"""How far above a file its pack is looked for."""

SHOWN = 12
"""How many items a message names."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Files that are compiled together. `root` plus a source's name is its path; `chosen` are those asked about."""

    root: Path
    sources: dict[str, str]
    chosen: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    result: Result

    def path_of(self, file: str) -> str:
        return (self.root / file).as_posix()


def compile_paths(paths: Iterable[Path]) -> list[Unit]:
    """One unit for each pack, folder or file on `paths`; a part of a pack is compiled with its pack.

    Packs are also held against each other, in the order given. Usage for a path with nothing to read.
    """
    compiling = compiler_for(settings_for(None))
    catalogue = Catalogue()
    units: dict[Path, Unit] = {}
    for path in texts_among(list(paths)):
        for root, chosen in _roots(path):
            key = root.resolve()
            if key in units:
                units[key] = replace(units[key], chosen=units[key].chosen | chosen)
            elif root.is_dir():
                catalogue = admit(catalogue, read_pack(root), compiling)
                pack = catalogue.packs[-1]
                result = Result(pack.departments, pack.kinds, pack.items, pack.diagnostics)
                units[key] = Unit(root, dict(pack.sources), chosen, pack.diagnostics, result)
            else:
                units[key] = _compile_file(root, chosen)
    return list(units.values())


def texts_among(paths: list[Path]) -> list[Path]:
    """`plugins/*` names a README, too: files of another suffix are passed over where there is anything else."""
    texts = [path for path in paths if path.suffix == SUFFIX or not path.is_file()]
    return texts or paths


def compile_all(path: Path) -> list[Compiled]:
    """Every item of `path`; Failure when something of it does not compile."""
    units = compile_paths([path])
    for unit in units:
        if has_errors(unit.diagnostics):
            raise _broken(str(path), path)
    return [each for unit in units for each in unit.result.items if each.file in unit.chosen]


def compile_one(path: Path, item: str | None) -> tuple[Compiled, Department, Unit]:
    """The one item meant by PATH and ITEM; Failure when it does not compile, Usage when it is not there."""
    units = compile_paths([path])
    known = [(each, unit) for unit in units for each in unit.result.items]
    named = [(each, unit) for each, unit in known if item is None or each.item.name == item]
    if len(named) == 1:
        compiled, unit = named[0]
        owner = next(each for each in unit.result.departments if each.code == compiled.item.department)
        return compiled, owner, unit
    if any(has_errors(unit.diagnostics) for unit in units):
        raise _broken(item or str(path), path)
    names = [each.item.name for each, _ in known]
    if item is None:
        raise Usage(f"{path}: 说明哪个事项 / name one item: {_some(names)}")
    raise Usage(f"{item}: 没有这个事项 / no such item. 可选 / known: {_some(near(item, names) or names)}")


def compile_to_try(path: Path, item: str) -> tuple[Compiled, Department, Unit]:
    """`compile_one`, of a pack with errors too, as long as the item has a meaning: what is said to be wrong with it can
    then be tried."""
    try:
        return compile_one(path, item)
    except Failure:
        from gewu_dsl.compiler import compile_sources

        for unit in compile_paths([path]):
            result = compile_sources(unit.sources)
            named = [each for each in (*result.items, *result.flawed) if each.name == item]
            owners = [each for each in result.departments if named and each.code == named[0].item.department]
            if owners:
                return named[0], owners[0], replace(unit, result=result)
        raise


def _some(names: list[str]) -> str:
    """The names, or the first of them and how many there are."""
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} … ({len(names)})"


def _broken(what: str, path: Path) -> Failure:
    return Failure(
        f"{what}: 没有通过检查，先运行 gewu check {path} / does not compile, run gewu check {path}"
    )


def _roots(path: Path) -> list[tuple[Path, frozenset[str]]]:
    """Where the unit of `path` begins, and which of its files are meant."""
    if not path.exists():
        raise Usage(f"{path}: 没有这个文件或文件夹 / no such file or folder")
    pack = pack_above(path)
    if path.is_file():
        if path.suffix != SUFFIX:
            raise Usage(f"{path}: 不是 {SUFFIX} 文件 / not a {SUFFIX} file")
        return [(path, frozenset({path.name}))] if pack is None else [(pack, _names(pack, within=path))]
    if pack is not None:
        return [(pack, _names(pack, within=path))]
    folders = [path] if any(path.glob(f"*{SUFFIX}")) else _packs_in(path)
    if not folders:
        raise Usage(f"{path}: 里面没有 {SUFFIX} 文件 / holds no {SUFFIX} file")
    return [(folder, _names(folder, within=folder)) for folder in folders]


def pack_above(path: Path) -> Path | None:
    """The folder of the pack that a file or a folder lies in, None where it lies in none."""
    above = [path, *path.absolute().parents] if path.is_dir() else list(path.absolute().parents)
    for folder in above[:DEPTH]:
        if any((folder / mark).is_file() for mark in MARKS):
            return _as_given(folder, path)
    return None


def _as_given(folder: Path, path: Path) -> Path:
    """`folder`, a parent of `path`, written the way `path` was."""
    if folder == path or path.is_absolute():
        return folder
    for parent in path.parents:
        if parent.absolute() == folder:
            return parent
    return folder


def _packs_in(path: Path) -> list[Path]:
    return sorted(each for each in path.iterdir() if each.is_dir() and any(each.rglob(f"*{SUFFIX}")))


def _names(root: Path, *, within: Path) -> frozenset[str]:
    """The sources of `root` that are, or lie in, `within`."""
    inside = within.resolve()
    files = [file for file in root.rglob(f"*{SUFFIX}") if file.resolve().is_relative_to(inside)]
    if within.is_file() and within not in files:
        files.append(within)
    return frozenset(_relative(file, root) for file in files)


def _relative(file: Path, root: Path) -> str:
    return file.absolute().relative_to(root.absolute()).as_posix()


def _compile_file(file: Path, chosen: frozenset[str]) -> Unit:
    source, problems = read_source(file.read_bytes(), file.name)
    result = compile_alone(file.name, source)
    # Where the bytes are no text, whatever else is said of them only hides the reason.
    diagnostics = problems or tuple(sort_diagnostics(result.diagnostics))
    return Unit(file.parent, {file.name: source}, chosen, diagnostics, result)


def compile_alone(name: str, source: str) -> Result:
    """A text that belongs to no pack: compiled on its own, on the registers that the packs at hand declare."""
    from gewu_dsl.compiler import Known, compile_sources

    result = compile_sources({name: source})
    if any(each.code == "G204" for each in result.diagnostics):
        declared = {each.kind for each in result.kinds}
        settings = settings_for(None)
        packs = load_catalogue(settings.pack_paths, compiler_for(settings))
        others = tuple(each for each in packs.kinds.values() if each.kind not in declared)
        result = compile_sources({name: source}, Known(kinds=others))
    return result
