"""Published versions never change, and what does not compile leaves what is published alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import PACKS
from sample_town import Clock

from gewu_dsl.artifact import version_of
from gewu_item_catalog.catalogue import load_catalogue
from gewu_platform.records import journal
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.catalogue.items_in_force import item_for_report
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem

WASTE, LITTER = "sanitation.waste", "sanitation.litter"
TEXT = (PACKS / "sanitation" / "department.gewu").read_text(encoding="utf-8")

PARKS = """
department parks "园林所"
  office crew "养护队" at county
item parks.tree "树木倒伏"
  ask shot photo "照片" at least 1
  severity major  route parks.crew  handle 1 workday  close "清理"
  finding fallen "倒伏"
  example "倒伏"
    given finding = fallen, shot = 1
    expect fallen
"""


@pytest.fixture
def publish(engine: Engine, tmp_path: Path) -> Callable[..., tuple[Engine, publishing.Publication]]:
    """`publish({"sanitation": text})` publishes packs of those texts; the engine that has them, and what changed."""

    def run(packs: dict[str, str], caller: Caller = SYSTEM) -> tuple[Engine, publishing.Publication]:
        folder = tmp_path / f"packs{len(list(tmp_path.iterdir()))}"
        for code, text in packs.items():
            (folder / code).mkdir(parents=True)
            (folder / code / "department.gewu").write_text(text, encoding="utf-8")
        folder.mkdir(exist_ok=True)
        other = replace(engine, catalogue=load_catalogue([folder]))
        return other, publishing.publish_catalogue(other, caller)

    return run


Publish = Callable[..., tuple[Engine, publishing.Publication]]


def kinds_of(engine: Engine, item: str) -> list[str]:
    with engine.store.transaction():
        return [entry.kind for entry in journal.entries(engine.store, f"item:{item}")]


def edited() -> str:
    """Another limit for one finding of the second item, and for its example."""
    start = TEXT.index("item sanitation.litter")
    return TEXT[:start] + TEXT[start:].replace("2 hours", "3 hours")


def without_litter() -> str:
    return TEXT[: TEXT.index("item sanitation.litter")]


def test_publishing_the_same_again_changes_nothing(engine: Engine, publish: Publish) -> None:
    before = publishing.published_item(engine, WASTE)
    _, done = publish({"sanitation": TEXT})
    assert (done.new, done.unchanged, done.retired, done.refused) == ((), (LITTER, WASTE), (), ())
    assert publishing.published_item(engine, WASTE).version == before.version
    assert kinds_of(engine, WASTE) == ["item-published"]


def test_layout_comments_and_the_words_language_make_no_new_version(engine: Engine, publish: Publish) -> None:
    _, done = publish(
        {"sanitation": "# 换一种排版\n" + TEXT.replace("item ", "\n事项  ").replace("ask ", "询问 ")}
    )
    assert done.new == ()
    assert done.unchanged == (LITTER, WASTE)


def test_a_changed_item_gets_a_version_and_the_old_one_stays_readable(
    engine: Engine, publish: Publish
) -> None:
    old = publishing.published_item(engine, LITTER)
    changed, done = publish({"sanitation": edited()})
    assert LITTER in done.new
    new = publishing.published_item(changed, LITTER)
    assert new.version != old.version
    again = publishing.published_item(changed, LITTER, old.version)
    assert (again.item, again.source) == (old.item, old.source)
    assert kinds_of(engine, LITTER) == ["item-published", "item-retired", "item-published"]


def test_going_back_takes_the_old_version_into_use_again(engine: Engine, publish: Publish) -> None:
    old = publishing.published_item(engine, LITTER).version
    publish({"sanitation": edited()})
    publish({"sanitation": TEXT})
    assert publishing.published_item(engine, LITTER).version == old
    with engine.store.transaction():
        rows = engine.store.execute(
            "SELECT count(*), count(retired_at) FROM item_versions WHERE item = :i", i=LITTER
        )
        assert rows.fetchone() == (2, 1)


def test_an_item_gone_from_its_pack_is_retired_and_its_version_kept(engine: Engine, publish: Publish) -> None:
    version = publishing.published_item(engine, LITTER).version
    _, done = publish({"sanitation": without_litter()})
    assert done.retired == (LITTER,)
    with pytest.raises(Problem, match="not-found"):
        publishing.published_item(engine, LITTER)
    assert publishing.published_item(engine, LITTER, version).item.name == LITTER
    assert [row.name for row in publishing.list_items(engine, SYSTEM)] == [WASTE]


def test_a_refused_pack_keeps_its_items_running_and_stops_no_other(engine: Engine, publish: Publish) -> None:
    before = publishing.published_item(engine, WASTE).version
    other, done = publish({"sanitation": TEXT + "\nitem sanitation.broken finding", "parks": PARKS})
    assert (done.new, done.unchanged, done.retired, done.refused) == (
        ("parks.tree",),
        (),
        (),
        ("sanitation",),
    )
    assert publishing.published_item(other, WASTE).version == before
    assert {row.name for row in publishing.list_items(other, SYSTEM)} == {WASTE, LITTER, "parks.tree"}


def test_a_pack_that_is_not_there_keeps_its_items_running(engine: Engine, publish: Publish) -> None:
    other, done = publish({})
    assert (done.new, done.unchanged, done.retired, done.refused) == ((), (), (), ())
    assert {row.name for row in publishing.list_items(other, SYSTEM)} == {WASTE, LITTER}
    assert publishing.list_items(other, SYSTEM)[0].department_title == "sanitation"


def test_an_approver_publishes_the_own_departments_items_only(
    engine: Engine, publish: Publish, caller: Callable[[str], Caller]
) -> None:
    _, done = publish({"sanitation": without_litter(), "parks": PARKS}, caller("approver1"))
    assert done.new == ()
    assert done.retired == (LITTER,)
    gardener = replace(caller("approver1"), department="parks")
    _, done = publish({"sanitation": TEXT, "parks": PARKS}, gardener)
    assert done.new == ("parks.tree",)


def test_the_status_says_what_publishing_would_change(engine: Engine, publish: Publish) -> None:
    def states(other: Engine) -> dict[str, str]:
        return {row.item: row.state for row in publishing.catalogue_status(other, SYSTEM)}

    def on_disk(*texts: str) -> Engine:
        folder = Path(engine.files.parent) / f"status{len(texts)}{len(texts[0]) if texts else 0}"
        for number, text in enumerate(texts):
            (folder / str(number)).mkdir(parents=True)
            (folder / str(number) / "department.gewu").write_text(text, encoding="utf-8")
        return replace(engine, catalogue=load_catalogue([folder]))

    assert states(engine) == {WASTE: "unchanged", LITTER: "unchanged"}
    assert states(on_disk(edited(), PARKS)) == {WASTE: "unchanged", LITTER: "changed", "parks.tree": "new"}
    assert states(on_disk(without_litter())) == {WASTE: "unchanged", LITTER: "gone"}
    assert states(on_disk()) == {WASTE: "orphaned", LITTER: "orphaned"}


def test_a_published_item_is_the_compiled_one(engine: Engine) -> None:
    for name, compiled in engine.catalogue.items.items():
        published = publishing.published_item(engine, name)
        assert published.item == compiled.item
        assert published.version == compiled.version == version_of(published.item)
        assert published.compiled == compiled
        assert published.source == engine.catalogue.source_of(name)


def test_an_item_is_made_ready_once(engine: Engine) -> None:
    assert publishing.published_item(engine, WASTE) is publishing.published_item(engine, WASTE)


def test_a_published_item_decides(engine: Engine) -> None:
    rules = publishing.published_item(engine, WASTE).rules
    decision = rules.decide({"bins": "mixed", "weight": 60, "shot": ["a.jpg"], "lid": "yes"}, {})
    assert [(each.name, each.severity) for each in decision.findings] == [("mixed", "major")]


@pytest.mark.parametrize(
    ("answers", "faults"),
    [
        ({"bins": "sorted", "lid": "yes"}, {}),
        ({"lid": "yes"}, {"bins": "required"}),
        ({"bins": "heaped", "lid": "yes"}, {"bins": "choice"}),
        ({"bins": "mixed", "lid": "yes", "weight": 501}, {"weight": "maximum"}),
        ({"bins": "mixed", "lid": "yes", "weight": "heavy"}, {"weight": "type"}),
        ({"bins": "sorted", "lid": "yes", "colour": "red"}, {"colour": "unknown"}),
        ({"bins": "sorted", "lid": "yes", "shot": []}, {"shot": "at_least"}),
        ({"bins": 1, "lid": 2}, {"bins": "type", "lid": "type"}),
    ],
)
def test_what_the_schema_refuses_is_said_at_its_question_in_both_languages(
    engine: Engine, answers: dict[str, Any], faults: dict[str, str]
) -> None:
    found = publishing.published_item(engine, WASTE).faults(answers)
    assert {fault.where: fault.code for fault in found} == faults
    assert all(fault.zh and fault.en and fault.zh != fault.en for fault in found)


# For reports


def _for_report(engine: Engine, name: str, version: str | None) -> publishing.Published:
    with engine.store.transaction():
        return item_for_report(engine, name, version, engine.now(), engine.now())


def test_a_retired_version_is_taken_for_a_week_more(engine: Engine, publish: Publish, clock: Clock) -> None:
    old = publishing.published_item(engine, LITTER).version
    publish({"sanitation": edited()})
    clock.advance(days=7)
    assert _for_report(engine, LITTER, old).version == old
    clock.advance(seconds=1)
    with pytest.raises(Problem, match="gone"):
        _for_report(engine, LITTER, old)
    assert _for_report(engine, LITTER, None).version != old


def test_an_item_is_reported_from_its_first_local_day_to_its_last(
    engine: Engine, publish: Publish, clock: Clock
) -> None:
    dated = PARKS.replace('"树木倒伏"', '"树木倒伏"\n  since 2026-03-03 until 2026-03-04')
    other, _ = publish({"sanitation": TEXT, "parks": dated})

    def listed() -> bool:
        return "parks.tree" in {row.name for row in publishing.list_items(other, SYSTEM)}

    def refused() -> bool:
        try:
            _for_report(other, "parks.tree", None)
        except Problem as problem:
            return problem.code == "not-possible-now"
        return False

    # 15:59 UTC is 23:59 in Shanghai.
    for day, minute, inside in ((2, 59, False), (2, 60, True), (4, 59, True), (4, 60, False)):
        clock.at = clock.at.replace(day=day, hour=15, minute=0)
        clock.advance(minutes=minute)
        assert (listed(), refused()) == (inside, not inside)


def test_an_unknown_item_or_version_is_not_found(engine: Engine) -> None:
    for name, version in (("parks.tree", None), (WASTE, "0" * 16)):
        with pytest.raises(Problem) as caught:
            publishing.published_item(engine, name, version)
        assert caught.value.code == "not-found"


def test_a_name_that_no_database_holds_is_not_found(engine: Engine) -> None:
    for name, version in (("a\x00b", None), (WASTE, "a\x00b"), ("\ud800", None)):
        with pytest.raises(Problem, match="not-found"):
            publishing.published_item(engine, name, version)


def test_artifacts_are_kept_as_canonical_json(engine: Engine) -> None:
    with engine.store.transaction():
        for artifact, lines in engine.store.execute("SELECT artifact, lines FROM item_versions").fetchall():
            assert artifact == journal.canonical(json.loads(artifact))
            assert lines == journal.canonical(json.loads(lines))
