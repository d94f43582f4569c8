"""Random items, answer sheets and contexts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from gewu_dsl.model import (
    ATTACHED,
    SEVERITIES,
    STEPS,
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Branch,
    Choice,
    Closing,
    Compare,
    Constant,
    Derived,
    Duration,
    Evidence,
    Exclude,
    Expression,
    Fact,
    Finding,
    History,
    Includes,
    IsBlank,
    IsHazard,
    Item,
    Let,
    Must,
    Negate,
    Not,
    Or,
    PlaceAttribute,
    Question,
    Route,
    Stage,
)
from gewu_dsl.truth import CONDITIONS


def quick(examples: int) -> settings:
    """Settings for claims about whole items, which take minutes to shrink."""
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    return settings(
        max_examples=examples, deadline=None, phases=phases, suppress_health_check=list(HealthCheck)
    )


TYPES = (
    "yes_no", "check", "one_of", "any_of", "integer", "decimal", "text", "date", "time", "photo", "signature",
    "location",
)  # fmt: skip
CHOICES = (Choice("clear", "畅通"), Choice("blocked", "堵塞"), Choice("locked", "上锁"))
NAMES = ("exit", "数量", "toString", "__proto__", "shot", "lamp", "q7", "class", "naïve")
DATES = ("2026-01-31", "2026-02-01", "2025-12-31")
TIMES = ("08:00", "18:30", "00:00")
TEXTS = ("a", "甲", 'say "x" {y} \\', "yes")
NUMBERS = st.one_of(
    st.integers(-3, 5),
    st.sampled_from([0.1, 0.2, 0.3, 0.30000000000000004, -0.0, 1e308, 2.5, 2**53 - 1, 2**53]),
)
DURATIONS = st.builds(
    Duration, st.sampled_from(["minutes", "hours", "work_hours", "workdays", "days"]), st.integers(1, 9)
)


def questions_of(type_: str, name: str, when: Expression | None, optional: bool) -> Question:
    choices = CHOICES if type_ in ("one_of", "any_of") else ()
    return Question(
        name,
        type_,
        f"问{name}",
        choices,
        when=when,
        optional=optional,
        hazard="no" if type_ == "check" else None,
    )


@st.composite
def forms(draw: st.DrawFn) -> Item:
    """An item that only asks and computes: no rules follow from it."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True))
    questions: list[Question] = []
    for name in names:
        when = draw(conditions(tuple(questions), ())) if questions and draw(st.integers(0, 2)) == 0 else None
        questions.append(questions_of(draw(st.sampled_from(TYPES)), name, when, draw(st.booleans())))
    if draw(st.booleans()):
        questions.append(
            Question(
                "finding", "any_of", "情形", (Choice("f0", "情形0"), Choice("f1", "情形1")), optional=True
            )
        )
    asked = tuple(questions)
    lets: list[Let] = []
    for index in range(draw(st.integers(0, 3))):
        value = draw(st.one_of(numbers(asked, tuple(lets)), conditions(asked, tuple(lets))))
        lets.append(Let(f"let{index}", value))
    return Item("fire.exit", "fire", "疏散通道", questions=asked, lets=tuple(lets))


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An item whose conditions are of the right types, as the compiler leaves them."""
    form = draw(forms())
    picked = form.questions[-1].name == "finding"
    condition = conditions(form.questions, form.lets)
    concerned = (form.questions[0].name,)
    musts = [Must(draw(condition), "请核对", concerned) for _ in range(draw(st.integers(0, 2)))]
    excludes = [Exclude(draw(condition), "不采集") for _ in range(draw(st.integers(0, 1)))]
    findings = [_finding(draw, f"f{index}", condition, picked) for index in range(draw(st.integers(1, 3)))]
    return replace(form, musts=tuple(musts), excludes=tuple(excludes), findings=tuple(findings))


def _finding(draw: st.DrawFn, name: str, condition: st.SearchStrategy[Expression], picked: bool) -> Finding:
    when = None if picked and name != "f2" else draw(condition)

    def branches(values: st.SearchStrategy[Any]) -> tuple[Branch[Any], ...]:
        chosen = [Branch(draw(values), draw(condition)) for _ in range(draw(st.integers(0, 3)))]
        return (*chosen, Branch(draw(values))) if draw(st.booleans()) else tuple(chosen)

    return Finding(
        name,
        f"情形{name}",
        when,
        when is None,
        branches(st.sampled_from(SEVERITIES)),
        branches(st.builds(Route, st.sampled_from([("fire.a",), ("fire.b", "owner")]))),
        {step: branches(DURATIONS) for step in draw(st.sets(st.sampled_from(STEPS), max_size=3))},
        assisting=draw(st.sampled_from([(), ("community",)])),
        stages=draw(st.sampled_from([(), (Stage("prop", "支护", Duration("hours", 2)),)])),
        closing=draw(st.sampled_from([None, Closing("整改到位", (Evidence("photo", 2),))])),
    )


# Drawn step by step: strategies put together anew for every item would take ten times as long.


@st.composite
def numbers(draw: st.DrawFn, questions: tuple[Question, ...], lets: tuple[Let, ...]) -> Expression:
    """An expression that is a number."""
    return _number(draw, questions, lets)


@st.composite
def conditions(
    draw: st.DrawFn, questions: tuple[Question, ...], lets: tuple[Let, ...], depth: int = 2
) -> Expression:
    """An expression that is true, false or unknown."""
    return _condition(draw, questions, lets, depth)


def _number(draw: st.DrawFn, questions: tuple[Question, ...], lets: tuple[Let, ...]) -> Expression:
    leaves: list[Expression] = [
        Fact("open_cases"),
        Fact("reported.month"),
        History("cases_in", 30),
        PlaceAttribute("rooms"),
    ]
    leaves += [Answer(q.name) for q in questions if q.type in ("integer", "decimal") or q.type in ATTACHED]
    leaves += [
        Derived(let.name) for let in lets if not isinstance(let.value, (*CONDITIONS, Constant, Derived))
    ]

    def leaf() -> Expression:
        return draw(st.sampled_from(leaves)) if draw(st.booleans()) else Constant(draw(NUMBERS))

    def computed(left: Expression, right: Expression) -> Expression:
        return Arithmetic(draw(st.sampled_from(("+", "-", "*", "/"))), left, right)

    match draw(st.integers(0, 6)):
        case 0 | 1 | 2:
            return leaf()
        case 3:
            return computed(leaf(), leaf())
        case 4:
            return computed(computed(leaf(), leaf()), leaf())
        case 5:
            return computed(leaf(), computed(leaf(), leaf()))
        case _:
            return Negate(leaf())


def _condition(
    draw: st.DrawFn, questions: tuple[Question, ...], lets: tuple[Let, ...], depth: int
) -> Expression:
    if not depth or draw(st.booleans()):
        return _test(draw, questions, lets)
    join = draw(st.sampled_from((Not, IsBlank, And, Or)))
    if join in (Not, IsBlank):
        return join(_condition(draw, questions, lets, depth - 1))
    return join(tuple(_condition(draw, questions, lets, depth - 1) for _ in range(draw(st.integers(2, 3)))))


def _test(draw: st.DrawFn, questions: tuple[Question, ...], lets: tuple[Let, ...]) -> Expression:
    """A condition without `and`, `or`, `not`."""
    truths = [let for let in lets if isinstance(let.value, CONDITIONS)]
    index = draw(st.integers(0, 8 + len(questions) + len(truths)))
    if index > 8:
        about = (*questions, *truths)[index - 9]
        return _about(draw, about) if isinstance(about, Question) else Derived(about.name)
    order = draw(st.sampled_from(("=", "!=", "<", "<=", ">", ">=")))
    same = draw(st.sampled_from(("=", "!=")))
    match index:
        case 0:
            return Compare(order, _number(draw, questions, lets), _number(draw, questions, lets))
        case 1:
            value, low, high = (_number(draw, questions, lets) for _ in range(3))
            return Between(value, low, high)
        case 2:
            return Compare(order, Fact("severity"), Constant(draw(st.sampled_from(SEVERITIES))))
        case 3:
            return Compare(same, Fact("finding"), Constant("f0"))
        case 4:
            return Compare(same, PlaceAttribute("grade"), Constant(draw(st.sampled_from(("strict", 3)))))
        case 5:
            return Compare(same, Fact("area.class"), Constant("A"))
        case 6:
            return Includes(PlaceAttribute("uses"), Constant(draw(st.sampled_from(("shop", "home")))))
        case 7:
            known = (PlaceAttribute("uses"), PlaceAttribute("grade"), Fact("area.class"))
            return IsBlank(draw(st.sampled_from(known)))
        case _:
            return Constant(True)


def _about(draw: st.DrawFn, question: Question) -> Expression:
    answer = Answer(question.name)
    constants = {
        "yes_no": ("yes", "no"), "check": ("yes", "no", "na"), "one_of": tuple(c.name for c in CHOICES),
        "date": DATES, "time": TIMES, "text": TEXTS,
    }.get(question.type, ())  # fmt: skip
    shape = draw(st.integers(0, 4))
    if shape == 0 or not (constants or question.type == "any_of"):
        return IsBlank(answer)
    if question.type == "any_of":
        return Includes(answer, Constant(draw(st.sampled_from(CHOICES)).name))
    constant = Constant(draw(st.sampled_from(constants)))
    operators = ("=", "!=", "<", "<=", ">", ">=") if question.type in ("date", "time") else ("=", "!=")
    match shape:
        case 1:
            return Compare(draw(st.sampled_from(operators)), answer, constant)
        case 2:
            return Compare(draw(st.sampled_from(operators)), constant, answer)
        case 3 if question.type == "check":
            return IsHazard(question.name)
        case _:
            return Among(answer, draw(st.sampled_from(((constant,), (constant, Constant(constants[0]))))))


def good_value(question: Question) -> st.SearchStrategy[Any]:
    """An answer of the right type."""
    simple: dict[str, st.SearchStrategy[Any]] = {
        "yes_no": st.sampled_from(["yes", "no"]),
        "check": st.sampled_from(["yes", "no", "na"]),
        "one_of": st.sampled_from([choice.name for choice in question.choices or CHOICES]),
        "any_of": st.lists(
            st.sampled_from([c.name for c in question.choices or CHOICES]), min_size=1, unique=True
        ),
        "integer": st.integers(-3, 5),
        "decimal": NUMBERS.filter(lambda number: abs(number) < 2**53),
        "date": st.sampled_from(DATES),
        "time": st.sampled_from(TIMES),
        "location": st.just({"lat": 30.5, "lng": 114.25}),
    }
    if question.type in ATTACHED:
        return st.one_of(
            st.integers(1, 5), st.lists(st.sampled_from(["a.jpg", "b.jpg"]), min_size=1, max_size=4)
        )
    return simple.get(question.type, st.sampled_from(TEXTS))


BAD = st.one_of(
    st.none(), st.booleans(), st.just(""), st.just([]), st.integers(-(2**60), 2**60), st.floats(), st.text(max_size=3),
    st.lists(st.one_of(st.none(), st.text(max_size=2), st.integers()), max_size=3), st.just({}), st.just({"a": 1}),
)  # fmt: skip


def sheets(item: Item, *, wrong: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Answers to some of the item's questions; with `wrong`, some of them of any type whatever."""
    entries = {
        q.name: st.one_of(good_value(q), good_value(q), BAD) if wrong else good_value(q)
        for q in item.questions
    }
    return st.fixed_dictionaries({}, optional=entries)


def contexts() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "place": st.fixed_dictionaries(
                {},
                optional={
                    "kind": st.just("rental"),
                    "grade": st.sampled_from(["strict", "lenient", 3]),
                    "rooms": st.sampled_from([0, 2, 2.5, "many", ["x"]]),
                    "uses": st.sampled_from([["shop"], ["shop", "home"], [], "shop"]),
                },
            ),
            "area": st.fixed_dictionaries({}, optional={"class": st.sampled_from(["A", "B"])}),
            "reported": st.just({"at": "2026-02-13T16:00"}),
            "open_cases": st.integers(0, 3),
            "cases_in": st.fixed_dictionaries({}, optional={"30": st.integers(0, 3)}),
        },
    )
