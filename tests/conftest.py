"""What every test may ask for: a database of each kind, and a running engine with a small town in it.

Both are made once a run as templates and copied for each test, which takes milliseconds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from postgresql_server import run_sql, running_server
from sample_town import Clock, build_town

from gewu_item_catalog.catalogue import Catalogue, load_catalogue
from gewu_platform.records.store import Store
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import people

DIALECTS = ("sqlite", "postgresql")
PACKS = Path(__file__).parent / "packs"

os.environ.setdefault("GEWU_CACHE", "off")
"""Tests leave nothing in the folders of whoever runs them."""

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Tests prove that passwords are checked, not that checking them is slow."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long sweeps to `make soak`."""
    if not config.pluginmanager.hasplugin("soak"):
        long = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A running server, as the URL of its administrative database."""
    with running_server() as url:
        yield url


@dataclass
class Databases:
    """Copies of template databases. A template is made when it is first asked for."""

    folder: Path
    server: Callable[[], str]
    made: set[str] = field(default_factory=set)
    copies: int = 0

    def copy(self, dialect: str, template: str, fill: Callable[[str], None]) -> str:
        """The URL of a new database like the one that `fill` makes of an empty one."""
        self.copies += 1
        source, target = self._url(dialect, template), self._url(dialect, f"copy{self.copies}")
        if f"{dialect} {template}" not in self.made:
            if dialect == "postgresql":
                run_sql(self.server(), f"CREATE DATABASE {_name(source)}")
            try:
                fill(source)
            except BaseException:
                self.drop(source)
                raise
            self.made.add(f"{dialect} {template}")
        if dialect == "postgresql":
            run_sql(self.server(), f"CREATE DATABASE {_name(target)} TEMPLATE {_name(source)}")
        else:
            shutil.copyfile(_path(source), _path(target))
        return target

    def drop(self, url: str) -> None:
        if url.startswith("sqlite"):
            for suffix in ("", "-wal", "-shm"):
                Path(_path(url) + suffix).unlink(missing_ok=True)
        else:
            run_sql(self.server(), f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _url(self, dialect: str, name: str) -> str:
        if dialect == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        return self.server().replace("/postgres?", f"/gewu_{worker}_{name}?")


def _name(url: str) -> str:
    return url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Databases:
    return Databases(
        tmp_path_factory.mktemp("databases"), lambda: str(request.getfixturevalue("postgresql_url"))
    )


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Each test that has a database runs on both."""
    return str(request.param)


@pytest.fixture
def store(dialect: str, databases: Databases) -> Iterator[Store]:
    """An empty database at the newest schema."""
    yield from _opened(databases, databases.copy(dialect, "empty", _migrate))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The test packs, compiled."""
    return load_catalogue([PACKS])


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(
    dialect: str, databases: Databases, catalogue: Catalogue, clock: Clock, tmp_path: Path
) -> Iterator[Engine]:
    """An engine in the sample town; `engine.now` is `clock`."""

    def fill(url: str) -> None:
        _migrate(url)
        store = Store(url)
        build_town(_engine(store, catalogue, Clock(), tmp_path))
        store.close()

    for store in _opened(databases, databases.copy(dialect, "town", fill)):
        yield _engine(store, catalogue, clock, tmp_path)


@pytest.fixture
def caller(engine: Engine) -> Callable[[str], Caller]:
    """`caller("worker1")` is that user, signed in."""
    return lambda name: people.caller_named(engine, name)


@pytest.fixture
def area(engine: Engine) -> Callable[[str], int]:
    """`area("g1")` is the id of that area."""

    def find(code: str) -> int:
        with engine.store.transaction():
            return int(engine.store.db.Area.get(code=code).id)

    return find


@pytest.fixture
def office(engine: Engine) -> Callable[[str], int]:
    """`office("sanitation.station@north")` is the id of that office."""

    def find(name: str) -> int:
        full, _, at = name.partition("@")
        department, _, code = full.rpartition(".")
        with engine.store.transaction():
            stands = engine.store.db.Area.get(code=at)
            return int(engine.store.db.Office.get(department=department, code=code, area=stands).id)

    return find


@pytest.fixture
def place(engine: Engine) -> Callable[[str], int]:
    """`place("shop-1")` is the id of that place."""

    def find(code: str) -> int:
        with engine.store.transaction():
            return int(engine.store.db.Place.get(code=code).id)

    return find


def _engine(store: Store, catalogue: Catalogue, clock: Clock, files: Path) -> Engine:
    return Engine(store, catalogue, files / "files", clock, ZoneInfo("Asia/Shanghai"), "zh", CHEAP)


def _migrate(url: str) -> None:
    store = Store(url)
    store.migrate()
    store.close()


def _opened(databases: Databases, url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.close()
    databases.drop(url)
