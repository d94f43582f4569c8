"""The whole compiler: what it takes, what it leaves out, and that it never raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs_dsl import COVER, EXIT
from strategies_dsl import files

from gewu_dsl import model
from gewu_dsl.artifact import canonical_bytes, version_of
from gewu_dsl.compiler import Known, Result, compile_sources, compile_text
from gewu_dsl.diagnostics import sort_diagnostics
from gewu_dsl.format import format_tree
from gewu_dsl.parse import parse

DEPARTMENT = 'department streets "Streets"\n  office squad "Squad" at county\n  accept 15 minutes\n'
LEAK = """
item streets.leak "Leak"
  ask depth integer "Depth"
  route squad  handle 1 workday
  finding leak "Leak" when depth > 0
  example "wet" given depth = 3 expect leak route squad accept 15 minutes
"""
SMALL_PLACE = model.PlaceKind(
    "small_place",
    "小场所",
    (
        model.Question(
            "grade", "one_of", "等级", tuple(model.Choice(n, n) for n in ("lenient", "warned", "strict"))
        ),
    ),
)


def codes(result: Result) -> list[str]:
    return [each.code for each in result.diagnostics]


def test_what_follows_from_a_broken_line_is_not_reported_as_well() -> None:
    broken = compile_text(DEPARTMENT + LEAK.replace("depth > 0", "depth or or nothing"))
    assert [each for each in codes(broken) if each != "G702"] == ["G101"]
    glued = compile_text("部门 城管 “城管”\n事项 城管.a “a”\n 询问 口 单选 (开, 关) “q”\n 派往 属地 处置 1 工作日\n"
                         " 情形 f “f” 当 口=开且口=关")  # fmt: skip
    assert [each for each in codes(glued) if each != "G702"] == ["G103"]


def test_a_statement_before_a_broken_one_is_still_checked() -> None:
    broken = compile_text(DEPARTMENT + LEAK.replace("route squad", "route squat\n  must depth >\n", 1))
    assert [each for each in codes(broken) if each not in ("G702", "G213")] == ["G203", "G110"]


def test_files_of_a_pack_see_each_other_in_any_order() -> None:
    forwards = compile_sources({"a.gewu": DEPARTMENT, "b.gewu": LEAK})
    backwards = compile_sources({"b.gewu": LEAK, "a.gewu": DEPARTMENT})
    assert codes(forwards) == codes(backwards) == []
    assert forwards.items == backwards.items
    assert forwards.items[0].file == "b.gewu"


def test_lines_of_a_default_in_another_file_are_left_out() -> None:
    together = compile_text(DEPARTMENT + LEAK).item("streets.leak")
    apart = compile_sources({"a.gewu": DEPARTMENT, "b.gewu": LEAK}).item("streets.leak")
    assert together.lines["finding.leak.limit.accept.0"] == 3
    assert "finding.leak.limit.accept.0" not in apart.lines
    assert together.version == apart.version == version_of(apart.item)


def test_what_other_packs_declare_may_be_named() -> None:
    office = model.Office("water", "plant", "Plant", "city")
    known = Known((model.Department("water", "Water", (office,)),), (SMALL_PLACE,))
    text = LEAK.replace("route squad", "route water.plant")
    text = DEPARTMENT + text.replace(
        "  ask depth", "  for small_place when place.grade = strict\n  ask depth"
    )
    result = compile_text(text, known=known)
    assert codes(result) == ["G213", "G802"]
    assert result.items[0].item.kinds == ("small_place",)
    assert {"G203", "G204"} <= set(codes(compile_text(text)))


def test_an_item_of_a_department_in_another_pack_compiles() -> None:
    known = Known((model.Department("streets", "Streets", (), "all_year"),))
    result = compile_text(LEAK.replace("squad", "community").replace(" accept 15 minutes", ""), known=known)
    assert codes(result) == []
    assert result.items[0].item.calendar == "all_year"


def test_a_register_that_another_pack_has_is_declared_twice() -> None:
    result = compile_text(
        'place small_place "Again"\n  ask area decimal "Area"', known=Known(kinds=(SMALL_PLACE,))
    )
    assert codes(result) == ["G209"]
    assert result.kinds == ()


def test_items_with_errors_are_left_out_and_others_stay() -> None:
    broken = LEAK.replace("streets.leak", "streets.burst").replace("when depth", "when deepth")
    result = compile_text(DEPARTMENT + LEAK + broken)
    assert [compiled.item.name for compiled in result.items] == ["streets.leak"]
    assert "G201" in codes(result)


def test_an_error_in_a_department_stops_all_its_items() -> None:
    result = compile_text(DEPARTMENT.replace("accept 15 minutes", "accept 15 minutes when depth > 1") + LEAK)
    assert "G201" in codes(result)
    assert result.items == ()
    assert result.departments == ()


def test_an_error_in_a_register_stops_the_items_for_it() -> None:
    place = 'place park "Park"\n  ask area decimal "Area" from 9 to 1\n'
    result = compile_text(place + DEPARTMENT + LEAK.replace("  ask depth", "  for park\n  ask depth"))
    assert codes(result) == ["G311"]
    assert result.items == ()
    assert result.kinds == ()


def test_a_name_that_a_broken_statement_declares_is_not_called_unknown() -> None:
    result = compile_text(DEPARTMENT + LEAK.replace("ask depth integer", "ask depth intger"))
    assert codes(result) == ["G101"]
    assert result.items == ()


def test_mistakes_come_by_file_and_place() -> None:
    result = compile_sources({"b.gewu": LEAK, "a.gewu": LEAK})
    assert list(result.diagnostics) == sort_diagnostics(result.diagnostics)
    assert {each.file for each in result.diagnostics} == {"a.gewu", "b.gewu"}


def test_both_samples_mean_the_same_in_both_languages() -> None:
    known = Known(
        (model.Department("井盖", "井盖", (model.Office("井盖", "节水中心", "节水中心", "county"),)),),
        (SMALL_PLACE,),
    )
    for text in (EXIT, COVER):
        written = parse(text)
        expected = [canonical_bytes(each.item) for each in compile_text(text, known=known).items]
        assert len(expected) == 1
        for words in ("zh", "en"):
            other = compile_text(format_tree(written.tree, words), known=known)
            assert [canonical_bytes(each.item) for each in other.items] == expected


@settings(max_examples=60, deadline=None)
@given(files())
def test_no_tree_makes_the_compiler_raise(file: object) -> None:
    text = format_tree(file)  # type: ignore[arg-type]
    result = compile_text(text)
    for each in result.diagnostics:
        assert each.message.zh
        assert each.message.en
        assert each.line >= 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_torn_text_makes_the_compiler_raise(data: st.DataObject) -> None:
    text = DEPARTMENT + EXIT
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    other = data.draw(
        st.sampled_from(["", " ", "when", "“", ")", "depth", "9", "place.grade", "not (", "1 小时"])
    )
    compile_text(text[:start] + other + text[end:])


def test_long_and_deep_texts_are_survived() -> None:
    chain = "\n".join(f"  let a{i} = a{i + 1} + 1" for i in range(90))
    terms = " + ".join(["depth"] * 90)
    nested = "(" * 30 + "depth > 1" + ")" * 30
    text = LEAK.replace("  route", f"{chain}\n  let a90 = depth\n  route", 1).replace(
        "when depth > 0", f"when a0 > 3 and {terms} > 3 and {nested}"
    )
    assert codes(compile_text(DEPARTMENT + text)) == []


@pytest.mark.parametrize("value", ["{} + 1", "{0} + {0}", "1 + {} * {} - 2 + {}"])
def test_lets_that_grow_beyond_reason_are_refused(value: str) -> None:
    """Written out, the second would have 2^400 terms."""
    chain = "\n".join(f"  let a{i} = {value.replace('{}', '{0}').format(f'a{i + 1}')}" for i in range(400))
    text = LEAK.replace("  route", f"{chain}\n  let a400 = depth\n  route", 1).replace("depth > 0", "a0 > 0")
    assert set(codes(compile_text(DEPARTMENT + text))) == {"G217"}


def test_nothing_compiles_to_nothing() -> None:
    assert compile_sources({}) == Result((), (), (), ())
    assert compile_text("# 只有一句说明") == Result((), (), (), ())
