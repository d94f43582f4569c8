"""What the closing asks for is counted once and where it is needed most."""

from __future__ import annotations

from dataclasses import replace

from core_loop import (
    ACCEPTOR,
    GRID,
    HANDLER,
    REACHED,
    REPORTER,
    SYSTEM,
    TO_DISPATCHED,
    ready,
    refused,
    run,
    walk,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.model import Evidence
from gewu_platform.core.lifecycle import (
    Given,
    State,
    count_evidence,
    lacking,
)


def test_closing_names_the_evidence_that_is_missing() -> None:
    signed = (Given("signature", "worker", "s", "s1"),)
    state = replace(REACHED["verified"], evidence=signed)
    refusal = refused(state, ready("close", ACCEPTOR, evidence=()))
    assert refusal.code == "evidence-missing"
    assert "照片 1 份" in refusal.words.zh
    assert "网格员签名 1 份" in refusal.words.zh
    assert [str(lack.need) for lack in refusal.lacks] == ["photo>=1", "signature:worker>=2"]
    assert refused(state, ready("close", SYSTEM, evidence=())).code == "evidence-missing"


def test_evidence_may_come_with_the_closing_itself() -> None:
    assert run(replace(REACHED["verified"], evidence=()), ready("close", ACCEPTOR)).closed_as == "handled"


def test_what_is_handed_in_before_anything_was_handled_proves_nothing() -> None:
    state = walk(*TO_DISPATCHED, "return", "dispatch")
    assert (state.evidence, state.notes) == ((), 0)
    handled = run(state, ready("handle", HANDLER))
    assert (len(handled.evidence), handled.notes) == (3, 1)


def _counted(needs: tuple[Evidence, ...], *given_: Given) -> list[int]:
    state = State("verified", REPORTER, GRID, needs, evidence=given_)
    return [have for _, have in count_evidence(state)]


def test_one_file_counts_for_one_need_only() -> None:
    same = (Given("photo", None, "a", "h"), Given("signature", "owner", "a", "h"))
    assert _counted((Evidence("photo"), Evidence("signature", 1, "owner")), *same) == [1, 0]
    assert _counted((Evidence("signature", 1, "owner"), Evidence("photo")), *same) == [1, 0]
    twice = (Given("signature", "worker", "a", "h", "甲"), Given("signature", "worker", "b", "h", "乙"))
    assert _counted((Evidence("signature", 2, "worker"),), *twice) == [1]


def test_one_person_signs_once() -> None:
    two = Evidence("signature", 2, "worker")
    same = (Given("signature", "worker", "a", "h1", "王 伟"), Given("signature", "worker", "b", "h2", "王伟"))
    assert _counted((two,), *same) == [1]
    other = (same[0], replace(same[1], signer="李强"))
    assert _counted((two,), *other) == [2]
    unnamed = tuple(replace(each, signer=None) for each in same)
    assert _counted((two,), *unnamed) == [2]
    as_owner = (same[0], replace(same[1], by="owner"))
    assert _counted((Evidence("signature", 1, "worker"), Evidence("signature", 1, "owner")), *as_owner) == [
        1,
        0,
    ]


def test_files_go_where_they_are_needed_most() -> None:
    owner, worker = Given("signature", "owner", "a", "h1"), Given("signature", "worker", "b", "h2")
    anybody, owners = Evidence("signature", 1), Evidence("signature", 1, "owner")
    assert _counted((anybody, owners), owner, worker) == [1, 1]
    assert _counted((anybody, owners), worker, owner) == [1, 1]
    photos = tuple(Given("photo", None, str(number), f"h{number}") for number in range(3))
    assert _counted((Evidence("photo", 2),), *photos) == [3]


_PIECES = st.builds(
    Given, st.sampled_from(["photo", "signature"]), st.sampled_from([None, "owner", "worker"]), st.just("n"),
    st.sampled_from(["h1", "h2", "h3", "h4"]), st.sampled_from([None, "甲", "乙"]),
)  # fmt: skip
_NEEDED = st.builds(
    Evidence, st.sampled_from(["photo", "signature"]), st.integers(1, 2), st.sampled_from([None, "owner", "worker"])
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(_NEEDED, min_size=1, max_size=3).map(tuple), st.lists(_PIECES, max_size=5))
def test_more_evidence_never_counts_less_and_never_more_than_its_files_and_signers(
    needs: tuple[Evidence, ...], pieces: list[Given]
) -> None:
    counts = [sum(min(have, need.count) for have, need in zip(_counted(needs, *pieces[:n]), needs, strict=True))
              for n in range(len(pieces) + 1)]  # fmt: skip
    assert sum(_counted(needs, *pieces)) <= len({piece.sha256 for piece in pieces})
    for name in {piece.signer for piece in pieces if piece.signer and piece.kind == "signature"}:
        by_name = [piece for piece in pieces if piece.signer == name and piece.kind == "signature"]
        assert sum(_counted(needs, *by_name)) <= 1
    apart = len({piece.sha256 for piece in pieces}) == len(pieces) and not any(
        piece.signer for piece in pieces
    )
    if apart:
        assert counts == sorted(counts)


def test_a_note_is_there_only_where_somebody_wrote_one() -> None:
    state = replace(REACHED["dispatched"], needs=(Evidence("note"),))
    silent = run(state, ready("handle", HANDLER, note=None))
    assert [lack.have for lack in lacking(silent)] == [0]
    assert lacking(run(silent, ready("handle", HANDLER))) == ()
