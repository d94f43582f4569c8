"""Why this office, this severity and this deadline, in words and with the places to look it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gewu_platform.core.naming import SEVERITY_WORDS
from gewu_platform.core.words import Words
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.catalogue.publishing import Published, published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.event_words import local_time, severity_words
from gewu_platform.service.history.replaying import Along
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.why.choice_words import choices_of
from gewu_platform.service.why.reasons import smallest_changes
from gewu_platform.service.why.why_deadline import countings
from gewu_platform.service.why.why_office import office_words, routed_then, routing_lines
from gewu_platform.service.why.why_views import Choice, Explanation


def explain(
    engine: Engine,
    case: CaseFile,
    along: Along,
    clocks: Sequence[Row],
    office_title: str | None,
    *,
    searching: bool = False,
) -> Explanation:
    """What the decision's trace, the journal and the clocks' derivations say about a case. Inside a transaction.

    With `searching` also which answers would have changed what.
    """
    published = published_item(engine, case.fixed["item"], case.fixed["version"])
    kinds = tuple(engine.catalogue.kinds.values())
    choices = choices_of(published, case.finding, kinds, case.decision["trace"])
    entries = [entry for entry, _, _ in along]
    actors = {entry.actor for entry in entries if entry.actor is not None}
    people = stored.name_users(engine.store, sorted(actors))
    then = routed_then(engine, case, along)
    return Explanation(
        published.item.basis,
        choices,
        _with(office_words(engine, case, then, office_title), _choice(choices, "route")),
        routing_lines(engine, then, along, people),
        _with(severity_words(case.state.severity), _choice(choices, "severity")),
        tuple(_grading(engine, case, published, choices, along, people)),
        countings(engine, case, published, kinds, entries, clocks, people, choices),
        smallest_changes(engine, case, published, entries) if searching else (),
    )


def _choice(choices: Sequence[Choice], clause: str) -> Choice | None:
    return next((choice for choice in choices if choice.clause == clause), None)


def _with(words: Words, choice: Choice | None) -> Words:
    return Words(f"{words.zh}。{choice.words.zh}", f"{words.en}. {choice.words.en}") if choice else words


def _grading(
    engine: Engine,
    case: CaseFile,
    published: Published,
    choices: Sequence[Choice],
    along: Along,
    people: Mapping[int, str],
) -> Iterator[Words]:
    """What the rules found, by which line on which basis, and what people made of it since."""
    ruled = case.decision.get("regraded_from", case.decision["severity"])
    found = Words("未定等级", "no severity") if ruled is None else SEVERITY_WORDS[ruled]
    yield _with(Words(f"按规则为{found.zh}", f"by the rules it is {found.en}"), _choice(choices, "severity"))
    if published.item.basis:
        basis = "；".join(published.item.basis)
        yield Words(f"依据：{basis}", f"basis: {basis}")
    for entry, before, after in along:
        if entry.kind != "regraded":
            continue
        event = entry.body.get("event")
        reason = event.get("reason", "") if isinstance(event, Mapping) else ""
        old, new = severity_words(before.severity), severity_words(after.severity)
        at, who = local_time(entry.at, engine.zone), people.get(entry.actor or 0, "")
        yield Words(
            f"{at} {who}由{old.zh}调整为{new.zh}：{reason}",
            f"{at} {who} changed it from {old.en} to {new.en}: {reason}",
        )
