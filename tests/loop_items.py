"""The department of tests/packs_loop said again by hand, so that the reference needs no compiler, and the offices it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SEVERITIES = ("minor", "major", "critical")

Rung = tuple[int | str, str]
"""When (a share of the limit, or how long after it) and what (`remind`, or the tier it goes to)."""

LADDER: tuple[Rung, ...] = ((80, "remind"), (100, "town"), ("4 work hours", "county"))
STEP_LIMITS = {
    "accept": "30 minutes",
    "file": "2 work hours",
    "dispatch": "1 work hour",
    "verify": "1 workday",
}


@dataclass(frozen=True)
class Finding:
    """A finding: limits by severity, offices in the order in which they are tried, what a closing needs."""

    name: str
    handle: Mapping[str, str]
    route: Mapping[str, tuple[str, ...]]
    helpers: tuple[str, ...] = ()
    under: str | None = None
    on_site: str | None = None
    automatic: frozenset[str] = frozenset()
    stages: tuple[tuple[str, str], ...] = ()
    verify: str = STEP_LIMITS["verify"]
    ladder: tuple[Rung, ...] = LADDER
    needs: Mapping[str, int] = field(default_factory=lambda: {"photo": 1})
    item: str = "river.bank"
    steps: Mapping[str, str] = field(default_factory=lambda: STEP_LIMITS)
    """Limits of the other steps; one that is not there has none."""

    def limit(self, step: str, severity: str) -> str | None:
        if step in ("handle", "assist"):
            return self.handle[severity]
        if step == "settle":
            return self.on_site
        return self.verify if step == "verify" else self.steps.get(step)


def _always(value: object) -> dict[str, object]:
    return dict.fromkeys(SEVERITIES, value)


_LAMP: dict[str, Any] = {
    "item": "lamp.post", "steps": {"accept": "30 minutes"}, "verify": "2 hours", "ladder": (),
    "automatic": frozenset({"file", "close"}),
}  # fmt: skip
_STATION = _always(("river.station",))

FINDINGS = {
    each.name: each
    for each in (
        Finding(
            "silt",
            {"minor": "2 workdays", "major": "4 work hours", "critical": "2 hours"},
            {**_STATION, "critical": ("river.bureau",)},
            helpers=("river.team",),
        ),
        Finding("waste", _always("1 workday"), _STATION, on_site="30 minutes"),
        Finding(
            "dump", _always("3 workdays"), _always(("river.bureau",)),
            helpers=("river.station", "community"), under="county",
            stages=(("fence", "2 hours"), ("restore", "3 workdays")),
            needs={"photo": 2, "signature:worker": 2, "signature:owner": 1},
        ),
        Finding(
            "outlet", _always("by 18:00 after 2 workdays"), _STATION,
            automatic=frozenset({"accept", "file"}), verify="by 09:00 next workday",
        ),
        Finding(
            "flood", _always("2 hours"), _always(("river.team", "river.station")),
            automatic=frozenset({"accept", "file", "dispatch"}),
            ladder=((50, "remind"), (100, "village"), ("1 hours", "town"), ("3 hours", "county")),
        ),
        Finding(
            "notice", _always("5 days"), _STATION, on_site="1 work hour",
            automatic=frozenset({"accept", "file", "dispatch"}), needs={},
        ),
        Finding("dark", _always("3 work hours"), _always(("lamp.depot",)), **_LAMP),
        Finding("loose", _always("3 work hours"), _always(("lamp.depot",)), on_site="30 minutes", **_LAMP),
    )
}  # fmt: skip


def severity_of(finding: Finding, size: int) -> str:
    """What the item says of a size."""
    if finding.item == "lamp.post":
        return "minor"
    if size > 300:
        return "critical"
    return "major" if size > 100 else "minor"


OFFICES = (
    # department, code, title, area
    ("river", "bureau", "县河道管理中心", "county"),
    ("river", "station", "北镇河道站", "north"),
    ("lamp", "depot", "路灯班", "county"),
    ("river", "team", "柳村巡河队", "willow"),
)
"""What the sample town lacks. 南镇 has no station and only 柳村 has a team: some cases find no office, or no co-handler."""

USERS = (
    # name, role, areas, offices, grids; a full name is the name
    ("bureau1", "handler", (), ("river.bureau@county",), ()),
    ("bureau2", "handler", (), ("river.bureau@county",), ()),
    ("station1", "handler", (), ("river.station@north",), ()),
    ("station2", "handler", (), ("river.station@north", "river.team@willow"), ()),
    ("team1", "handler", (), ("river.team@willow",), ()),
    ("depot1", "handler", (), ("lamp.depot@county",), ()),
    ("county1", "handler", (), ("county@county",), ()),
    ("worker4", "worker", (), (), ("g1", "g2", "g3", "g4")),
    ("acceptor3", "acceptor", ("county",), ("river.station@north",), ()),
    ("dispatcher2", "dispatcher", ("county",), ("river.bureau@county",), ()),
    ("supervisor3", "supervisor", ("county",), ("river.team@willow",), ()),
    ("worker6", "worker", (), (), ("g1", "g2", "g3", "g4")),
    ("worker5", "worker", (), ("river.station@north",), ("g1", "g3")),
)
"""Some work in an office besides their role: they may not verify or close what their own office handled."""
