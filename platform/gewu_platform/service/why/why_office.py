"""Why a case lies with an office: every handler the rules named, where one was looked for, and who moved it since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gewu_platform.core.naming import HANDLER_WORDS
from gewu_platform.core.routing import COMMUNITY, NOT_OFFICES, Offices, Routing, alternatives, route
from gewu_platform.core.words import Words
from gewu_platform.records.hot.case_pages import find_areas
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.journal import Entry
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.event_words import local_time, said_words
from gewu_platform.service.history.replaying import Along
from gewu_platform.service.loop.acting import path_above
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.why.past_offices import PastOffices, past_offices


@dataclass(frozen=True, slots=True)
class RoutedThen:
    """A case's route with the offices of the moment it was routed at, its areas from the grid up, and what came of it."""

    handlers: tuple[str, ...]
    assisting: tuple[str, ...]
    supervising: str | None
    path: tuple[int, ...]
    areas: Mapping[int, Row]
    past: PastOffices
    offices: Offices
    avoid: frozenset[int]
    routing: Routing


def routed_then(engine: Engine, case: CaseFile, along: Along) -> RoutedThen:
    """The case routed again as it was routed last: when it was dispatched, else when it was reported.

    Inside a transaction.
    """
    wanted = case.decision["route"]
    handlers = alternatives(wanted["handler"], wanted.get("else", ()))
    seq, avoid = along[0][0].seq, frozenset[int]()
    for entry, before, _ in along:
        if entry.kind == "dispatched":
            seq, avoid = entry.seq, before.returned_by
    path = tuple(path_above(engine, case))
    past = past_offices(engine, path)
    offices = past.at(seq)
    routing = route(handlers, wanted["with"], wanted["under"], path, offices, avoid)
    areas = find_areas(engine.store, path)
    return RoutedThen(
        handlers, tuple(wanted["with"]), wanted["under"], path, areas, past, offices, avoid, routing
    )


def office_words(engine: Engine, case: CaseFile, then: RoutedThen, title: str | None) -> Words:
    """Why it is where it is, in one sentence."""
    names = [handler_words(engine, name) for name in then.handlers or (COMMUNITY,)]
    zh = "按规则派往" + "，否则".join(name.zh for name in names)
    en = "By the rules it goes to " + ", else ".join(name.en for name in names)
    found = then.routing.handler
    if found and found != (then.handlers or (COMMUNITY,))[0]:
        takes = handler_words(engine, found)
        if _was_returned(then):
            zh = f"{zh}；{names[0].zh}退回过，由{takes.zh}承办"
            en = f"{en}; {names[0].en} returned it, so {takes.en} takes it"
        else:
            zh = f"{zh}；此处没有{names[0].zh}，由{takes.zh}承办"
            en = f"{en}; {names[0].en} has no office here, so {takes.en} takes it"
    if title:
        zh, en = f"{zh}；承办：{title}", f"{en}; it is with {title}"
        if case.fields["office"] not in (None, then.routing.office):
            zh, en = f"{zh}（由派遣员改派）", f"{en} (sent elsewhere by the dispatcher)"
    return Words(zh, en)


def _was_returned(then: RoutedThen) -> bool:
    """Whether the handler that the rules name first has an office here that is passed over since it returned the case."""
    first = (then.handlers or (COMMUNITY,))[0]
    return any(then.offices.get((first, area)) in then.avoid for area in then.path)


def routing_lines(
    engine: Engine, then: RoutedThen, along: Along, people: Mapping[int, str]
) -> tuple[Words, ...]:
    """The way to the office, line by line, and what people did about it since."""
    return (
        *_tried(engine, then),
        *_helpers(engine, then),
        *_moved_by_people(engine, then, along, people),
    )


def handler_words(engine: Engine, name: str) -> Words:
    """A handler of a route by the title its department gave it."""
    if name in HANDLER_WORDS:
        return HANDLER_WORDS[name]
    department = engine.catalogue.departments.get(name.partition(".")[0])
    offices = department.offices if department else ()
    title = next((office.title for office in offices if office.name == name), name)
    return Words(title, title if title == name else f"{title} ({name})")


def _tried(engine: Engine, then: RoutedThen) -> Iterator[Words]:
    """Each handler up to the one that takes it: at which areas it has no office, at which it has one."""
    for name in dict.fromkeys((*then.handlers, COMMUNITY)):
        words = handler_words(engine, name)
        if name in NOT_OFFICES:
            yield Words(
                f"{words.zh}：不是机构，由后面的承办", f"{words.en}: no office, so the next one takes it"
            )
            continue
        yield _looked_for(then, name, words, then.avoid)
        if name == then.routing.handler:
            return


def _looked_for(then: RoutedThen, name: str, words: Words, avoid: frozenset[int]) -> Words:
    """From the grid up: the areas without such an office, then the first with one that can take it."""
    without: list[str] = []
    zh, en = list[str](), list[str]()
    for area in then.path:
        office = then.offices.get((name, area))
        if office is None:
            without.append(_area(then, area))
            continue
        title = then.past.titles.get(office, "")
        if office in avoid:
            zh.append(f"{_area(then, area)}的{title}退回过，不再派")
            en.append(f"{title} at {_area(then, area)} returned it and is passed over")
            continue
        if without:
            zh.insert(0, f"{'、'.join(without)}没有")
            en.insert(0, f"none at {', '.join(without)}")
        zh.append(f"{_area(then, area)}有{title}")
        en.append(f"{title} at {_area(then, area)}")
        return Words(f"{words.zh}：{'，'.join(zh)}", f"{words.en}: {', '.join(en)}")
    zh.append(f"{'、'.join(without)}都没有")
    en.append(f"none at {', '.join(without)}")
    return Words(f"{words.zh}：{'，'.join(zh)}", f"{words.en}: {', '.join(en)}")


def _area(then: RoutedThen, area: int) -> str:
    row = then.areas.get(area)
    return str(row["name"]) if row else str(area)


def _helpers(engine: Engine, then: RoutedThen) -> Iterator[Words]:
    for name in then.assisting:
        words = handler_words(engine, name)
        if name in NOT_OFFICES:
            yield Words(
                f"协办 {words.zh}：不是机构，不派任务", f"assisting, {words.en}: no office, no task is made"
            )
            continue
        found = _looked_for(then, name, words, frozenset())
        office = _office_of(then, name)
        stays = _SAME if office is not None and office == then.routing.office else Words("", "")
        yield Words(f"协办 {found.zh}{stays.zh}", f"assisting, {found.en}{stays.en}")
    if then.supervising:
        found = _looked_for(then, then.supervising, handler_words(engine, then.supervising), frozenset())
        yield Words(f"主管 {found.zh}", f"supervising, {found.en}")


_SAME = Words("，即承办机构，不另派", ", which is the one that handles it: no task is made")


def _office_of(then: RoutedThen, name: str) -> int | None:
    found = (then.offices.get((name, area)) for area in then.path)
    return next((office for office in found if office is not None), None)


def _moved_by_people(
    engine: Engine, then: RoutedThen, along: Along, people: Mapping[int, str]
) -> Iterator[Words]:
    """Every return, and every dispatch that went elsewhere than the rules would have it at that moment."""
    for entry, before, after in along:
        at, reason = local_time(entry.at, engine.zone), said_words(entry.body)
        who = people.get(entry.actor or 0, "")
        title = then.past.titles.get(before.office or 0, "")
        if entry.kind == "returned":
            yield Words(
                f"{at} {title}退回（{who}）{reason.zh}", f"{at} returned by {title} ({who}){reason.en}"
            )
        if entry.kind == "reopened":
            yield Words(f"{at} 重新办理（{who}）{reason.zh}", f"{at} reopened ({who}){reason.en}")
        if entry.kind == "dispatched" and entry.actor is not None:
            to = then.past.titles.get(after.office or 0, "")
            ruled = _ruled(then, entry, before.returned_by)
            if ruled == after.office:
                yield Words(f"{at} 派往{to}（{who}）", f"{at} dispatched to {to} ({who})")
            else:
                yield Words(
                    f"{at} 派遣员改派{to}（{who}）{reason.zh}",
                    f"{at} sent to {to} instead by the dispatcher ({who}){reason.en}",
                )


def _ruled(then: RoutedThen, entry: Entry, avoid: frozenset[int]) -> int | None:
    return route(then.handlers, (), None, then.path, then.past.at(entry.seq), avoid).office
