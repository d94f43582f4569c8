"""Ways through the loop, one by one: on the spot, merged, reopened, dispatched again."""

from __future__ import annotations

from dataclasses import replace

from core_loop import (
    ACCEPTOR,
    DISPATCHER,
    HANDLER,
    NOW,
    OFFICE,
    OTHER,
    OTHER_OFFICE,
    PROOF,
    REACHED,
    REPORTER,
    REPORTER_AT_OFFICE,
    SYSTEM,
    TO_FILED,
    TO_HANDLING,
    WORKER,
    ready,
    refused,
    run,
    walk,
)

from gewu_platform.core.lifecycle import (
    Actor,
    Event,
    evolve,
    join,
)

# Settling on the spot


def test_a_worker_settles_what_lies_before_them_and_an_acceptor_closes_it() -> None:
    settled = walk("settle", on_site=True)
    assert (settled.state, settled.step, settled.handlers) == ("settled", "close", {2})
    assert walk("settle", "close", on_site=True).closed_as == "settled"


def test_settling_needs_the_evidence_of_a_closing() -> None:
    refusal = refused(REACHED["on_site"], ready("settle", WORKER, evidence=PROOF[:2]))
    assert (refusal.code, [str(lack.need) for lack in refusal.lacks]) == (
        "evidence-missing",
        ["signature:worker>=2"],
    )


def test_who_settled_does_not_close_it_in_another_role() -> None:
    assert refused(REACHED["settled"], ready("close", Actor(2, "acceptor"))).code == "separation"


def test_what_was_not_settled_goes_the_long_way() -> None:
    assert walk("unsettle", on_site=True).state == "reported"
    assert walk(("unsettle", SYSTEM), on_site=True).state == "reported"
    doubted = walk("settle", ("unsettle", ACCEPTOR), on_site=True)
    assert (doubted.state, doubted.evidence) == ("reported", ())
    assert refused(REACHED["settled"], ready("unsettle", ACCEPTOR, reason=" ")).code == "reason-missing"
    assert refused(REACHED["settled"], ready("unsettle", WORKER)).code == "not-allowed"


# Merging and adding


def test_a_case_is_merged_into_another_open_one() -> None:
    state = REACHED["filed"]
    assert refused(state, ready("merge", ACCEPTOR, into=None)).where == "into"
    assert refused(state, ready("merge", ACCEPTOR), NOW).code == "argument-wrong"
    merged = run(state, ready("merge", ACCEPTOR))
    assert (merged.state, merged.merged_into) == ("merged", 99)


def test_duties_stay_apart_across_a_merger() -> None:
    handled_then_returned = replace(walk(*TO_HANDLING, "return"), reporter=8, reporters=frozenset({8}))
    target = evolve(
        walk(*TO_FILED, ready("dispatch", DISPATCHER, office=OTHER_OFFICE)),
        join(handled_then_returned, 98, 4),
    )
    assert (target.reporters, target.handlers, target.offices) == ({1, 8}, {7}, {OFFICE})
    reporter = Actor(8, "handler", offices=frozenset({OTHER_OFFICE}))
    assert refused(target, ready("handle", reporter)).code == "separation"
    handled = run(run(target, ready("handle", OTHER)), ready("confirm", OTHER))
    assert refused(handled, ready("verify", Actor(7, "acceptor"))).code == "separation"


def test_who_adds_a_report_has_reported() -> None:
    state = evolve(REACHED["dispatched"], Event("added", 7, submission="s-2"))
    assert (state.added, state.reporters) == (1, {REPORTER, 7})
    assert refused(state, ready("handle", HANDLER)).code == "separation"
    assert refused(REACHED["dispatched"], ready("handle", REPORTER_AT_OFFICE)).code == "separation"


# Dispatch, evidence, arguments


def test_a_dispatch_to_nowhere_is_refused() -> None:
    assert refused(REACHED["filed"], ready("dispatch", DISPATCHER, office=None)).code == "office-missing"


def test_a_returned_case_keeps_who_sent_it_back() -> None:
    assert (REACHED["returned"].returned_by, REACHED["returned"].office) == ({OFFICE}, OFFICE)
