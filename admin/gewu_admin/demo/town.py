"""The town itself: offices for whatever departments are there, people for every role, places for every register."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date

from argon2 import PasswordHasher

from gewu_admin.demo.geography import Geography, build_areas, point_in
from gewu_admin.demo.sheets import fill_attributes, make_name
from gewu_dsl.model import TIERS
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing import calendars
from gewu_platform.service.town import organisation, people, places
from gewu_platform.service.town.organisation import OfficeView
from gewu_platform.service.town.places import NewPlace

PASSWORD = "gewu-demo-2026"
PLACES = 2000
STREETS = ("人民路", "振兴街", "工业大道", "滨河路", "学府路", "康乐街", "新村巷", "创业路")
BUILT_IN = {
    "community": ("village", "综治中心"),
    "town": ("town", "镇街中心"),
    "county": ("county", "区级中心"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody one can sign in as."""

    name: str
    password: str
    role: str
    full_name: str


@dataclass(frozen=True, slots=True)
class Town:
    geography: Geography
    offices: tuple[OfficeView, ...]
    accounts: tuple[Account, ...]


def build_town(engine: Engine, seed: int, today: date) -> Town:
    """Everything but history, in one transaction: either the whole town is there or nothing of it."""
    random_ = random.Random(seed)
    quick = replace(engine, passwords=PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    with engine.store.transaction(write=True):
        calendars.seed_calendars(quick, SYSTEM)
        publishing.publish_catalogue(quick, SYSTEM)
        geography = build_areas(quick, random_)
        offices = _build_offices(quick, geography)
        accounts = _build_people(quick, geography, offices, random_)
        _build_places(quick, geography, random_, today)
    return Town(geography, offices, accounts)


def demo_accounts(engine: Engine) -> tuple[Account, ...]:
    """The first account of each role, for whoever wants to look around; nobody else's password is shown."""
    shown: dict[str, Account] = {}
    for user in people.list_users(engine, SYSTEM):
        if user.active and (user.role not in shown or _rank(user.name) < _rank(shown[user.role].name)):
            shown[user.role] = Account(user.name, PASSWORD, user.role, user.full_name)
    return tuple(shown.values())


def _rank(name: str) -> tuple[int, str]:
    return len(name), name


def _build_offices(engine: Engine, geography: Geography) -> tuple[OfficeView, ...]:
    offices = [
        organisation.add_office(
            engine, SYSTEM, department="", code=code, title=f"{area.name}{title}", area=area.id
        )
        for code, (tier, title) in BUILT_IN.items()
        for area in geography.at(tier)
    ]
    for department in engine.catalogue.departments.values():
        for office in department.offices:
            for area in geography.at(office.tier):
                title = office.title if office.tier == "county" else f"{area.name}{office.title}"
                offices.append(
                    organisation.add_office(
                        engine,
                        SYSTEM,
                        department=department.code,
                        code=office.code,
                        title=title,
                        area=area.id,
                    )
                )
    return tuple(offices)


def _build_people(
    engine: Engine, geography: Geography, offices: tuple[OfficeView, ...], random_: random.Random
) -> tuple[Account, ...]:
    accounts: list[Account] = []

    def hire(name: str, role: str, **where: object) -> None:
        full_name = make_name(random_)
        identity = {"name": name, "full_name": full_name, "role": role, "password": PASSWORD}
        people.add_user(engine, SYSTEM, **identity, **where)  # type: ignore[arg-type]
        accounts.append(Account(name, PASSWORD, role, full_name))

    county = geography.county.code
    codes = {area.id: area.code for tier in TIERS for area in geography.at(tier)}
    for number, grid in enumerate(geography.grids, 1):
        hire(f"worker{number}", "worker", grids=[grid.code])
    for role in ("acceptor", "dispatcher", "supervisor"):
        hire(f"{role}1", role, areas=[county])
        for number, town in enumerate(geography.towns, 2):
            hire(f"{role}{number}", role, areas=[town.code])
    for number, office in enumerate(offices, 1):
        hire(
            f"handler{number}",
            "handler",
            offices=[f"{office.name}@{codes[office.area]}"],
            department=office.department,
        )
    for number, department in enumerate(engine.catalogue.departments, 1):
        hire(f"author{number}", "author", department=department)
        hire(f"approver{number}", "approver", department=department)
    hire("roster1", "roster", areas=[county])
    hire("auditor1", "auditor", areas=[county])
    return tuple(accounts)


def _build_places(engine: Engine, geography: Geography, random_: random.Random, today: date) -> None:
    kinds = list(engine.catalogue.kinds.values())
    if not kinds:
        return
    made: list[NewPlace] = []
    for number in range(PLACES):
        kind = kinds[number % len(kinds)]
        grid = geography.grids[(number // len(kinds)) % len(geography.grids)]
        lon, lat = point_in(grid, random_)
        street = random_.choice(STREETS)
        house = random_.randrange(1, 300)
        made.append(
            NewPlace(
                kind=kind.kind,
                name=f"{street}{house}号{kind.label}",
                grid=grid.id,
                address=f"{grid.name}{street}{house}号",
                lon=lon,
                lat=lat,
                attributes=fill_attributes(kind.attributes, random_, today),
            )
        )
    places.add_places(engine, SYSTEM, made)
