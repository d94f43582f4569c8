"""Who may do what to a case: the one table of duties, and the separation between them (采办分离).

Areas are not decided here: which cases a centre sees is the service's permission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CommandName = Literal[
    "accept", "refuse", "file", "dispatch", "return", "handle", "confirm", "verify", "rework", "close", "void"
]

SYSTEM_ROLE = "system"
"""The role of whoever takes an automatic step."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Who gives a command, from which states, and from what they must keep away.

    `holds` says how the person is tied to the case: `office` (works in the office it lies with), `grid` (a worker
    rostered where it was found) or `none`. `apart` names whom the person may not be: the `reporter`, or somebody who
    `handled` (did so, or works in an office that did).
    """

    roles: frozenset[str]
    states: tuple[str, ...]
    leads_to: str
    holds: Literal["none", "office", "grid"] = "none"
    apart: Literal["none", "reporter", "handled"] = "none"
    needs_reason: bool = False


DUTIES: Mapping[CommandName, Duty] = {
    "accept": Duty(frozenset({"acceptor", SYSTEM_ROLE}), ("reported",), "accepted"),
    "refuse": Duty(frozenset({"acceptor"}), ("reported",), "refused", needs_reason=True),
    "file": Duty(frozenset({"acceptor", SYSTEM_ROLE}), ("accepted",), "filed"),
    "dispatch": Duty(frozenset({"dispatcher", SYSTEM_ROLE}), ("filed", "returned"), "dispatched"),
    "return": Duty(
        frozenset({"handler"}), ("dispatched", "handling"), "returned", holds="office", needs_reason=True
    ),
    "handle": Duty(
        frozenset({"handler"}), ("dispatched", "handling"), "handling", holds="office", apart="reporter"
    ),
    "confirm": Duty(frozenset({"handler"}), ("handling",), "handled", holds="office", apart="reporter"),
    "verify": Duty(frozenset({"worker", "acceptor"}), ("handled",), "verified", holds="grid", apart="handled"),
    "rework": Duty(
        frozenset({"worker", "acceptor"}), ("handled", "verified"), "dispatched",
        holds="grid", apart="handled", needs_reason=True,
    ),
    "close": Duty(frozenset({"acceptor"}), ("verified",), "closed", apart="handled"),
    "void": Duty(
        frozenset({"acceptor"}), ("accepted", "filed", "dispatched", "handling", "returned"), "void",
        apart="handled", needs_reason=True,
    ),
}  # fmt: skip
"""Ties of `grid` bind workers only: an acceptor verifies for the centre."""

STATES: tuple[str, ...] = (
    "reported", "accepted", "filed", "dispatched", "handling", "handled", "verified", "closed", "refused", "void",
    "returned",
)  # fmt: skip
FINAL: frozenset[str] = frozenset({"closed", "refused", "void"})
OPEN: tuple[str, ...] = tuple(state for state in STATES if state not in FINAL)

STEP_OF: Mapping[str, str] = {
    "reported": "accept", "accepted": "file", "filed": "dispatch", "returned": "dispatch", "dispatched": "handle",
    "handling": "handle", "handled": "verify", "verified": "close",
}  # fmt: skip
"""The step an open case waits for; a final one waits for none."""
