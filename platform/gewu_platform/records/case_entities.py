"""The tables of the loop: filled forms, their cases, and the clocks, timers and tasks of these; see `entities`."""

from datetime import date, datetime

from pony.orm import Database, LongStr, Optional, PrimaryKey, Required, Set, composite_index, composite_key


def define_case_entities(db: Database) -> None:
    """Declare the entities of cases on `db`, as a part of all of them."""

    class Submission(db.Entity):
        """One filled form. `id` is the client's UUID; `body_hash` tells a repeat from a clash."""

        _table_ = "submissions"
        id = PrimaryKey(str)
        item = Required(str)
        version = Required(str)
        department = Required(str)
        user = Required(int, index=True)
        grid = Required(int)
        place = Optional(int)
        lon = Optional(float)
        lat = Optional(float)
        answers = Required(LongStr)
        context = Required(LongStr)
        decision = Required(LongStr)
        receipt = Required(LongStr)
        body_hash = Required(str)
        reported_at = Required(datetime)
        received_at = Required(datetime, index=True)
        cases = Set("Case", cascade_delete=False)

    class Case(db.Entity):
        """One finding on its way to closing; `sequence` counts its events.

        `due_at` and `warning_at` are those of the current step's clock while it runs; while it stands still they are
        empty and `paused_at` says since when. `late` and `exempt` speak of its handling, for good.
        """

        _table_ = "cases"
        id = PrimaryKey(int, auto=True)
        number = Required(str, unique=True)
        submission = Required(Submission)
        item = Required(str)
        version = Required(str)
        department = Required(str)
        finding = Required(str)
        title = Required(str)
        severity = Optional(str)
        state = Required(str)
        step = Optional(str)
        grid = Required(int)
        village = Optional(int)
        town = Optional(int)
        county = Optional(int)
        place = Optional(int)
        office = Optional(int)
        reporter = Required(int)
        decision = Required(LongStr)
        calendar = Required(str)
        opened_at = Required(datetime)
        dispatched_at = Optional(datetime)
        handled_at = Optional(datetime, index=True)
        closed_at = Optional(datetime)
        started_at = Optional(datetime)
        due_at = Optional(datetime)
        handle_due_at = Optional(datetime)
        reworks = Required(int, default=0)
        escalated_to = Optional(str)
        sequence = Required(int, default=0)
        warning_at = Optional(datetime)
        paused_at = Optional(datetime)
        late = Required(bool, default=False)
        exempt = Required(bool, default=False)
        extensions = Required(int, default=0)
        parked_until = Optional(date)
        closed_as = Optional(str)
        merged_into = Optional(int)
        supervising = Optional(int)
        urges = Required(int, default=0)
        added = Required(int, default=0)
        deadlines = Set("Deadline", cascade_delete=False)
        timers = Set("Timer", cascade_delete=False)
        tasks = Set("Task", cascade_delete=False)
        others = Set("OtherReporter", cascade_delete=False)
        composite_index(office, closed_at)
        composite_index(grid, closed_at)
        composite_index(reporter, closed_at)
        composite_index(state, closed_at)
        composite_index(item, place, state)
        composite_index(place, opened_at)

    class Deadline(db.Entity):
        """The `number`th clock of a case: from `started_at`, due at `due_at`, met at `ended_at`, still since `paused_at`.

        It measures a step or a `task`; `legs` are its limits one after the other: the first, and one for each extension.
        """

        _table_ = "deadlines"
        id = PrimaryKey(int, auto=True)
        case = Required(Case)
        number = Required(int)
        step = Required(str)
        task = Optional(int)
        stage = Optional(str)
        limit = Optional(str, column="limit_text")
        legs = Required(LongStr, default="[]")
        office = Optional(int)
        started_at = Required(datetime)
        due_at = Required(datetime)
        warns_at = Optional(datetime)
        paused_at = Optional(datetime)
        paused_for = Optional(str)
        ended_at = Optional(datetime)
        pauses = Required(LongStr, default="[]")
        causes = Required(LongStr, default="[]")
        calendar = Required(str)
        provisional = Required(bool, default=False)
        derivation = Required(LongStr)
        timers = Set("Timer", cascade_delete=False)
        composite_key(case, number)

    class Timer(db.Entity):
        """Something to happen once at `due_at`: `remind`, `overdue`, `escalate` (to `tier`), `unsettle` or `resume`."""

        _table_ = "timers"
        id = PrimaryKey(int, auto=True)
        case = Required(Case)
        deadline = Required(Deadline)
        kind = Required(str)
        tier = Optional(str)
        due_at = Required(datetime)
        fired_at = Optional(datetime)
        cancelled_at = Optional(datetime)

    class Task(db.Entity):
        """What was asked within a case: of an office, or of a role over `grid`. `result` tells how it ended."""

        _table_ = "tasks"
        id = PrimaryKey(int, auto=True)
        case = Required(Case)
        number = Required(int)
        kind = Required(str)
        office = Optional(int)
        role = Optional(str)
        grid = Required(int)
        asked_by = Optional(int)
        asked_at = Required(datetime)
        note = Optional(LongStr)
        until_on = Optional(date)
        due_at = Optional(datetime)
        ended_at = Optional(datetime)
        ended_by = Optional(int)
        result = Optional(str)
        answer = Optional(LongStr)
        composite_key(case, number)

    class OtherReporter(db.Entity):
        """Who reported a case besides the first: added to it, or reported one that was merged into it."""

        _table_ = "reporters"
        id = PrimaryKey(int, auto=True)
        case = Required(Case)
        user = Required(int, index=True)
        composite_key(case, user)
