"""Who signed a case's papers, and who still may: for the notice that is printed and for the forms that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gewu_platform.records.hot import cases as stored
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.case_files import load_case
from gewu_platform.service.loop.evidence import signers
from gewu_platform.service.permissions import require
from gewu_platform.service.reach import require_case

STAFF = ("worker", "handler")
"""Who signs by their account; an owner has none and gives a name."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was handed in: `by` whom it was asked for, the full name of who signed, if known, and when."""

    by: str
    signer: str | None
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signing:
    """`signed` in the order they came; `may_sign` are account and full name of those who may, by `worker` and `handler`."""

    signed: tuple[Signature, ...]
    may_sign: Mapping[str, tuple[tuple[str, str], ...]]


def read_signing(engine: Engine, caller: Caller, case: int) -> Signing:
    """The signatures of a case; Problem not-found where it is not the caller's to see."""
    require(caller, "cases.read")
    with engine.store.transaction():
        row = require_case(engine, caller, case)
        held = load_case(engine, case)
        files = stored.list_attachments(engine.store, row["submission"], case)
        handed_in = {file["sha256"]: file["attached_at"] for file in files if file["case_id"] == case}
        may_sign = {by: tuple(signers(engine, held, by)) for by in STAFF}
        names = dict(pair for pairs in may_sign.values() for pair in pairs)
        signed = [
            Signature(
                given.by or "owner", names.get(given.signer or "", given.signer), str(given.sha256),
                handed_in[str(given.sha256)],
            )
            for given in held.state.evidence
            if given.kind == "signature" and given.sha256 in handed_in
        ]  # fmt: skip
        return Signing(tuple(signed), may_sign)
