"""The item of the language's own first page, written as a model."""

from __future__ import annotations

from datetime import date

from gewu_dsl.model import (
    And,
    Answer,
    Arithmetic,
    Branch,
    Choice,
    Closing,
    Compare,
    Constant,
    Department,
    Derived,
    Duration,
    Evidence,
    Example,
    Exclude,
    Expected,
    Expression,
    Fact,
    Finding,
    History,
    IsHazard,
    Item,
    Let,
    Must,
    Office,
    PlaceAttribute,
    PlaceKind,
    Question,
    Route,
    Rung,
    Stage,
    VisitRule,
)


def answered(question: str, choice: str) -> Expression:
    return Compare("=", Answer(question), Constant(choice))


MINOR = Branch("minor")
COMMUNITY = Branch(Route(("community",)))
CRITICAL = Compare("=", Fact("severity"), Constant("critical"))

QUESTIONS = (
    Question(
        "exit", "one_of", "疏散通道是否畅通", (Choice("clear", "畅通"), Choice("blocked", "堵塞"), Choice("locked", "上锁")),
        section="疏散",
    ),
    Question("width", "decimal", "通道净宽", unit="m", minimum=0, maximum=10, when=answered("exit", "blocked")),
    Question("people", "integer", "现场人数", minimum=0, maximum=2000, hint="含工作人员"),
    Question(
        "shot", "photo", "现场照片", at_least=1, at_most=9, when=Compare("!=", Answer("exit"), Constant("clear"))
    ),
    Question("lamp", "check", "应急照明灯是否完好", hazard="no"),
    Question("owner_id", "text", "业主身份证号", matching="id-card", optional=True, private=True),
)  # fmt: skip

LOCKED = Finding(
    "locked",
    "疏散通道上锁",
    answered("exit", "locked"),
    picked=False,
    severity=(Branch("critical", Compare(">", Answer("people"), Constant(30))), Branch("major")),
    route=(Branch(Route(("fire.brigade",)), CRITICAL), Branch(Route(("fire.station", "county")))),
    limits={
        "accept": (Branch(Duration("minutes", 15)),),
        "handle": (Branch(Duration("hours", 2), CRITICAL), Branch(Duration("workdays", 1))),
    },
    assisting=("community",),
    supervising="town",
    ladder=(Rung("handle", 80, None, None), Rung("handle", None, Duration("workdays", 1), "county")),
    closing=Closing(
        "通道恢复畅通",
        (Evidence("photo"), Evidence("signature", 1, "owner"), Evidence("signature", 2, "worker")),
    ),
)
BLOCKED = Finding(
    "blocked",
    "疏散通道堵塞",
    answered("exit", "blocked"),
    picked=False,
    severity=(
        Branch(
            "major",
            And(
                (
                    Compare(">", Derived("crowd"), Constant(10)),
                    Compare(">", History("cases_in", 30), Constant(0)),
                )
            ),
        ),
        Branch("minor", Compare("<", Answer("width"), Constant(5))),
    ),
    route=(Branch(Route(("fire.station",))),),
    limits={"handle": (Branch(Duration("workdays", 3)),)},
    stages=(Stage("clearing", "清理", Duration("hours", 4)),),
    on_site=Duration("minutes", 30),
    closing=Closing("清除堵塞物", (Evidence("photo"),)),
)
LAMP = Finding(
    "lamp_bad", "应急照明损坏", IsHazard("lamp"), False, (MINOR,), (COMMUNITY,),
    {"handle": (Branch(Duration("workdays", 5)),)},
)  # fmt: skip

FIRE_EXIT = Item(
    "fire.exit",
    "fire",
    "疏散通道堵塞、锁闭",
    number="XF-003",
    basis=("《消防法》第二十八条",),
    since=date(2026, 1, 1),
    kinds=("rental",),
    visits=(
        VisitRule(1, "month", Compare("=", PlaceAttribute("grade"), Constant("lenient"))),
        VisitRule(4, "month"),
    ),
    questions=QUESTIONS,
    lets=(Let("crowd", Arithmetic("/", Answer("people"), Answer("width"))),),
    musts=(Must(Compare(">", Answer("width"), Constant(0.3)), "净宽小于 0.3 米请核对单位", ("width",)),),
    excludes=(Exclude(Compare("=", PlaceAttribute("grade"), Constant("barred")), "已停租"),),
    findings=(LOCKED, BLOCKED, LAMP),
    examples=(
        Example(
            "上锁且人多",
            {"exit": "locked", "people": 40, "shot": 1, "lamp": "yes"},
            "findings",
            (Expected("locked", "critical", "fire.brigade", {"handle": Duration("hours", 2)}),),
        ),
    ),
)

FIRE = Department(
    "fire",
    "消防救援大队",
    (Office("fire", "brigade", "区消防救援大队", "county"), Office("fire", "station", "镇街消防所", "town")),
)
RENTAL = PlaceKind(
    "rental",
    "出租屋",
    (Question("grade", "one_of", "管理等级", (Choice("lenient", "宽管型"), Choice("barred", "禁租型"))),),
)
COVER = Item(
    "water.cover",
    "water",
    "上水井盖",
    questions=(
        Question("shot", "photo", "井盖标识须拍清", at_least=2),
        Question("finding", "any_of", "情形", (Choice("missing", "缺失"), Choice("broken", "破损"))),
    ),
    findings=(
        Finding(
            "missing", "缺失", None, True, (MINOR,), (COMMUNITY,), {"handle": (Branch(Duration("hours", 2)),)}
        ),
        Finding(
            "broken",
            "破损",
            None,
            True,
            (MINOR,),
            (COMMUNITY,),
            {"handle": (Branch(Duration("work_hours", 4)),)},
        ),
    ),
)
