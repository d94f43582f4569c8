"""Settings: one frozen object, from `gewu.toml`, then `GEWU_*` variables, then options; later ones win.

Every value remembers where it came from, so that `gewu config` can say it.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo

FILE = "gewu.toml"
PREFIX = "GEWU_"
OTHER_VARIABLES = frozenset({"GEWU_SECRET_KEY"})
"""Read from the environment alone: a key has no place in a file that people show each other."""


class SettingsError(Exception):
    """A setting that cannot be used; the message names it, where it came from and what would do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one installation is told.

    `data` is the folder of everything embedded; `database`, `queue` and `files` lie in it unless they say otherwise.
    `cache` is where compiled packs are kept: a folder, `off`, or `user`, the user's folder of caches.
    """

    data: str = "gewu-data"
    database: str = ""
    queue: str = "sqlite"
    pack_path: str = "plugins"
    files: str = ""
    cache: str = "user"
    timezone: str = "Asia/Shanghai"
    language: str = "zh"
    log: str = "info"
    secure_cookies: bool = False
    private_webhooks: bool = False

    @property
    def data_folder(self) -> Path:
        return Path(self.data)

    @property
    def database_url(self) -> str:
        """`sqlite:///…` or `postgresql://…`."""
        return self.database or f"sqlite:///{(self.data_folder / 'gewu.sqlite').resolve()}"

    @property
    def database_shown(self) -> str:
        """`database_url` without its password."""
        return hide_password(self.database_url)

    @property
    def queue_url(self) -> str:
        """`sqlite:///…`, `redis://…` or `postgresql://…`."""
        return (
            f"sqlite:///{(self.data_folder / 'queue.sqlite').resolve()}"
            if self.queue == "sqlite"
            else self.queue
        )

    @property
    def files_folder(self) -> Path:
        return Path(self.files) if self.files else self.data_folder / "files"

    @property
    def cache_folder(self) -> Path | None:
        """Where compiled packs are kept; None where they are not (`off`)."""
        if self.cache == "off":
            return None
        return user_cache() if self.cache == "user" else Path(self.cache).expanduser()

    @property
    def pack_paths(self) -> list[Path]:
        return [Path(each).expanduser() for each in self.pack_path.split(os.pathsep) if each]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Origin:
    """One setting, its value and the source it was taken from: `default`, a file, a variable or `option`."""

    name: str
    value: str | bool
    source: str

    @property
    def shown(self) -> str | bool:
        """The value without a password."""
        return hide_password(self.value) if isinstance(self.value, str) else self.value


def user_cache(environment: Mapping[str, str] = os.environ) -> Path:
    """`gewu` in the user's folder of caches."""
    folder = environment.get("XDG_CACHE_HOME") or (
        "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    )
    return Path(folder).expanduser() / "gewu"


def hide_password(url: str) -> str:
    """`postgresql://user:***@host/name`."""
    return re.sub(r"(?<=://)([^:@/]*):[^@/]*@", r"\1:***@", url)


def read_settings(
    options: Mapping[str, str | bool | None] | None = None,
    environment: Mapping[str, str] = os.environ,
    folder: Path = Path(),
) -> tuple[Settings, tuple[Origin, ...]]:
    """The settings in force and where each came from; SettingsError for a value that cannot be used.

    An empty variable is as good as none.
    """
    layers: list[tuple[str, Mapping[str, object]]] = [
        (FILE, _read_file(folder / FILE)),
        ("", {each.name: environment.get(PREFIX + each.name.upper()) or None for each in fields(Settings)}),
        ("option", options or {}),
    ]
    values: dict[str, object] = {}
    origins: list[Origin] = []
    for field in fields(Settings):
        value: object = field.default
        source = "default"
        for layer, given in layers:
            if given.get(field.name) is not None:
                value = given[field.name]
                source = layer or PREFIX + field.name.upper()
        checked = _check(field.name, value, source)
        values[field.name] = checked
        origins.append(Origin(field.name, checked, source))
    return Settings(**values), tuple(origins)  # type: ignore[arg-type]


def unknown_variables(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Variables that look like settings and are none, each with the nearest that is one (or an empty text)."""
    known = {PREFIX + each.name.upper() for each in fields(Settings)} | OTHER_VARIABLES
    return {
        name: next(iter(difflib.get_close_matches(name, known, 1)), "")
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known
    }


def _read_file(file: Path) -> Mapping[str, object]:
    if not file.is_file():
        return {}
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    known = {each.name for each in fields(Settings)}
    if unknown := sorted(set(content) - known):
        raise SettingsError(
            f"{file}: unknown setting {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )
    return content


_BOOLEANS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_FORMS = {
    "database": (r"(sqlite:///|postgresql://).+", "sqlite:///path or postgresql://user@host/name"),
    "queue": (
        r"sqlite|(sqlite:///|rediss?://|postgresql://).+",
        "sqlite, redis://host or postgresql://user@host/name",
    ),
    "language": ("zh|en", "zh or en"),
    "log": ("debug|info|warning|error", "debug, info, warning or error"),
}


def _check(name: str, value: object, source: str) -> str | bool:
    if name in ("secure_cookies", "private_webhooks"):
        return _check_truth(name, value, source)
    if not isinstance(value, str):
        raise SettingsError(f"{name} ({source}): {value!r} is not text")
    if "\0" in value:
        raise SettingsError(f"{name} ({source}): {value!r} has a character that no path or address may have")
    if name in _FORMS and (value or source != "default"):
        pattern, wanted = _FORMS[name]
        if not re.fullmatch(pattern, value):
            raise SettingsError(f"{name} ({source}): {hide_password(value)!r} must be {wanted}")
    if name == "data" and not value:
        raise SettingsError(f"data ({source}): a folder is needed")
    if name == "timezone":
        try:
            ZoneInfo(value)
        except (OSError, ValueError, LookupError) as error:
            raise SettingsError(f"timezone ({source}): {value!r} is not known, e.g. Asia/Shanghai") from error
    return value


def _check_truth(name: str, value: object, source: str) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in _BOOLEANS:
        return _BOOLEANS[str(value).lower()]
    raise SettingsError(f"{name} ({source}): {value!r} is neither true nor false")
