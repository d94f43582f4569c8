"""Random trees of whole files, as an author could have written them: hypothesis strategies.

The trees are well formed, not meaningful: names may be unknown and types may clash. `files()` is the entry.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from gewu_dsl import tree
from gewu_dsl.words import FACT_WORDS, HISTORY_WORDS, KEYWORDS, OFFICE_WORDS

_RESERVED = {spelling for keyword in KEYWORDS.values() for spelling in keyword.en + keyword.zh}
_RESERVED |= {*OFFICE_WORDS, *OFFICE_WORDS.values(), *FACT_WORDS, *HISTORY_WORDS, *HISTORY_WORDS.values()}
_RESERVED |= {*FACT_WORDS.values(), "on", "is", "work", "next", "a", "per", "place", "台账", "为"}

plain_names = st.sampled_from(
    [
        "exit",
        "width",
        "night_2",
        "fire.exit",
        "非法占道",
        "井盖.上水",
        "x",
        "通道",
        "且听",
        "Ask",
        "été",
        "照片数",
    ]
) | st.text("abc_经营通", min_size=1, max_size=4).filter(
    lambda text: text not in _RESERVED and text.strip("_")
)
names = st.builds(tree.Name, plain_names)
# Where no keyword may stand a keyword is a name like any other.
free_names = st.builds(
    tree.Name, plain_names | st.sampled_from(["照片", "photo", "无", "file", "finding", "严重", "when"])
)
strings = st.text(st.sampled_from("通道 abc“”\"'（，）#＂；99%"), max_size=12)
counts = st.integers(1, 500)
numbers = st.builds(
    tree.Number, st.integers(-999, 999) | st.decimals(-99, 99, places=2).map(abs) | st.just(Decimal("0.3"))
)
dates = st.builds(tree.Date, st.dates(date(2000, 1, 1), date(2099, 12, 31)))
times = st.builds(tree.Time, st.integers(0, 1439))
levels = st.sampled_from(["minor", "major", "critical"])
answer_words = st.sampled_from(["yes", "no", "na", "minor", "major", "critical"])
tiers = st.sampled_from(["grid", "village", "town", "county", "city"])
steps = st.sampled_from(["accept", "file", "dispatch", "handle", "verify"])


def _tuples(elements: st.SearchStrategy[Any], smallest: int = 0, largest: int = 3) -> st.SearchStrategy[Any]:
    return st.lists(elements, min_size=smallest, max_size=largest).map(tuple)


durations = st.builds(
    tree.Duration, counts, st.sampled_from(["minutes", "hours", "work_hours", "workdays", "days"])
)
by_times = st.builds(tree.By, st.integers(0, 1439), st.sampled_from(["today", "next_workday"])) | st.builds(
    tree.By, st.integers(0, 1439), st.just("after"), counts
)
limits = durations | by_times

references = st.builds(tree.Reference, plain_names)
words = answer_words.map(lambda word: tree.Word(word, word))
facts = st.builds(tree.Fact, st.sampled_from([*FACT_WORDS, "severity", "finding"]))
attributes = st.builds(tree.PlaceAttribute, st.sampled_from(["grade", "等级", "rooms"]))
histories = st.builds(tree.History, st.sampled_from(["cases_in", "visits_in"]), durations)
literals = numbers | st.builds(tree.String, strings) | dates | times | references | words
_atoms = literals | facts | attributes | histories


def _negate(operand: Any) -> Any:
    """`-operand`, but for a number that would be read back as a negative one: that stays as it is."""
    # No filter: Hypothesis prints a filtered strategy that it retries, and this one is as large as the language.
    return operand if isinstance(operand, tree.Number) and operand.value >= 0 else tree.Negative(operand)


def _grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(tree.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(tree.In, inner, _tuples(inner, 1)),
        st.builds(tree.Includes, inner, inner),
        st.builds(tree.Between, inner, inner, inner),
        st.builds(tree.Is, inner, st.sampled_from(["blank", "answered", "hazard"])),
        st.builds(tree.Not, inner),
        st.builds(tree.And, _tuples(inner, 2)),
        st.builds(tree.Or, _tuples(inner, 2)),
        st.builds(tree.Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(_negate, inner),
        st.builds(tree.Call, names, _tuples(inner)),
    )


expressions = st.recursive(_atoms, _grow, max_leaves=6)
maybe_expressions = st.none() | expressions


def _branches(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value alone, or conditions with or without `otherwise`."""
    alone = st.builds(tree.Branch, values).map(lambda branch: (branch,))
    conditional = _tuples(st.builds(tree.Branch, values, expressions), 1, 2)
    otherwise = st.builds(tree.Branch, values, st.none(), st.just(True)).map(lambda branch: (branch,))
    return alone | conditional | st.builds(lambda some, last: some + last, conditional, otherwise)


severities = st.builds(tree.Severity, _branches(st.builds(tree.LevelWord, levels)))
offices = names | st.builds(tree.Name, st.sampled_from(sorted(OFFICE_WORDS)))
routes = st.builds(
    tree.Route,
    _branches(st.builds(tree.Target, _tuples(offices, 1))),
    _tuples(offices),
    st.none() | offices,
)
step_limits = st.builds(tree.Limit, steps, _branches(limits)) | st.builds(
    tree.Limit, st.sampled_from(["file", "dispatch"]), st.just(()) | _branches(limits), st.just(True)
)
rungs = st.builds(tree.Rung, counts, st.none(), st.none() | tiers) | st.builds(
    tree.Rung, st.none(), durations, st.none() | tiers
)
escalations = st.builds(tree.Escalate, steps, _tuples(rungs, 1))
evidence = st.builds(tree.Evidence, st.sampled_from(["photo", "video", "note"]), counts) | st.builds(
    tree.Evidence, st.just("signature"), counts, st.sampled_from([None, "owner", "worker", "handler"])
)
clauses = st.one_of(
    severities,
    st.builds(tree.OnSite, limits),
    routes,
    step_limits,
    st.builds(tree.Stage, free_names, strings, limits),
    escalations,
    st.builds(tree.Close, strings, _tuples(evidence)),
)

choices = st.builds(tree.Choice, free_names, st.none() | strings)
types = st.builds(
    tree.Type,
    st.sampled_from(
        ["yes_no", "integer", "decimal", "text", "date", "time", "photo", "video", "audio", "file", "signature",
         "location", "scan", "person"]
    ),
) | st.builds(tree.Type, st.sampled_from(["one_of", "any_of"]), _tuples(choices, 1, 8))  # fmt: skip
_common_modifiers = st.one_of(
    st.builds(tree.Optional),
    st.builds(tree.Private),
    st.builds(tree.Hint, strings),
    st.builds(tree.When, expressions),
    st.builds(tree.Shares, free_names, durations),
)
_ends = numbers | dates
modifiers = st.one_of(
    _common_modifiers,
    st.builds(tree.UnitOf, st.sampled_from(["m", "米", "㎡", "%", "cm²", "kg/m³", "次 天"])),
    st.builds(tree.Range, _ends, _ends),
    st.builds(tree.AtLeast, counts),
    st.builds(tree.AtMost, counts),
    st.builds(tree.Matching, st.sampled_from(["id-card", "uscc", "phone", "plate"])),
)
asks = st.builds(tree.Ask, free_names, types, strings, _tuples(modifiers))
checks = st.builds(
    tree.Check,
    free_names,
    strings,
    _tuples(_common_modifiers | st.builds(tree.Hazard, st.sampled_from(["yes", "no"]))),
)

givens = st.builds(tree.Given, references | facts | attributes | histories, _tuples(literals, 1))
_expected_values = st.one_of(
    st.builds(tree.ExpectedValue, st.just("severity"), st.builds(tree.LevelWord, levels)),
    st.builds(tree.ExpectedValue, st.sampled_from(["route", "with", "under"]), offices),
    st.builds(tree.ExpectedValue, steps | st.just("on_site"), limits),
    st.builds(tree.ExpectedValue, st.just("stage"), limits, names),
)
expects = st.one_of(
    st.builds(tree.ExpectNothing),
    st.builds(tree.ExpectExcluded),
    st.builds(tree.ExpectRefused, _tuples(names, 1)),
    st.builds(
        tree.ExpectFindings, _tuples(st.builds(tree.ExpectedFinding, names, _tuples(_expected_values)), 1)
    ),
)
examples = st.builds(tree.Example, strings, _tuples(givens), expects)

_days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
_plain_statements = st.one_of(
    st.builds(tree.ItemNumber, strings),
    st.builds(tree.Basis, strings),
    st.builds(tree.Since, _days, st.none() | _days),
    st.builds(tree.For, _tuples(free_names, 1), maybe_expressions),
    st.builds(
        tree.Visit,
        _branches(st.builds(tree.Rate, counts, st.sampled_from(["week", "month", "quarter", "year"]))),
    ),
    st.builds(tree.Section, strings),
    asks,
    checks,
    st.builds(tree.Let, free_names, expressions),
    st.builds(tree.Must, expressions, strings),
    st.builds(tree.Exclude, expressions, strings),
)
findings = st.builds(tree.Finding, free_names, strings, maybe_expressions, _tuples(clauses, 0, 4))
items = st.builds(
    lambda name, title, before, found, after: tree.Item(name, title, before + found + after),
    free_names,
    strings,
    _tuples(_plain_statements | clauses, 0, 5),
    _tuples(findings, 0, 2),
    _tuples(examples, 0, 2),
)
_department_limits = step_limits.filter(lambda limit: limit.step != "handle")
departments = st.builds(
    tree.Department,
    free_names,
    strings,
    _tuples(
        st.builds(tree.Office, free_names, strings, tiers)
        | st.builds(tree.Calendar, free_names)
        | _department_limits
        | escalations
    ),
)
places = st.builds(tree.Place, free_names, strings, _tuples(asks))


def files() -> st.SearchStrategy[tree.File]:
    """A file of up to three declarations."""
    return st.builds(tree.File, _tuples(departments | places | items, 0, 3))
