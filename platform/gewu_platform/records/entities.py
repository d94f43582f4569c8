"""The tables, as Pony entities on one `Database`.

Times are naive UTC. JSON is kept as canonical text, so that hashes over rows are stable. A row of `cases`, `deadlines`,
`timers` or `visits` is a projection of the journal and changes only together with an entry in it. Nothing is deleted along
with something else: what others still point at cannot be deleted.
"""

from datetime import date, datetime

from pony.orm import Database, LongStr, Optional, PrimaryKey, Required, Set, composite_index, composite_key


def define_entities(db: Database) -> None:
    """Declare every entity on `db`; they are then reached as `db.Case`, `db.User` …"""

    class User(db.Entity):
        _table_ = "users"
        id = PrimaryKey(int, auto=True)
        name = Required(str, unique=True)
        full_name = Required(str)
        role = Required(str)
        department = Optional(str)
        phone = Optional(str)
        password_hash = Required(str)
        language = Required(str, default="zh")
        active = Required(bool, default=True)
        failed_sign_ins = Required(int, default=0)
        locked_until = Optional(datetime)
        session_key = Required(str)
        areas = Set("Area", table="user_areas")
        offices = Set("Office", table="user_offices")
        roster = Set("Roster", cascade_delete=False)
        tokens = Set("Token", cascade_delete=False)
        visits = Set("Visit", cascade_delete=False)
        notices = Set("Notice", cascade_delete=False)

    class Token(db.Entity):
        _table_ = "tokens"
        id = PrimaryKey(int, auto=True)
        user = Required(User)
        secret_hash = Required(str, unique=True)
        created_at = Required(datetime)
        revoked_at = Optional(datetime)

    class Area(db.Entity):
        """A city, county, town, village or grid; `path` lists the ids from the root to itself as `/1/4/9/`."""

        _table_ = "areas"
        id = PrimaryKey(int, auto=True)
        code = Required(str, unique=True)
        name = Required(str)
        tier = Required(str, index=True)
        kind = Required(str, default="base")
        area_class = Optional(str)
        parent = Optional("Area", reverse="children")
        children = Set("Area", reverse="parent")
        path = Required(str, unique=True)
        polygon = Optional(LongStr)
        users = Set(User)
        offices = Set("Office", cascade_delete=False)
        roster = Set("Roster", cascade_delete=False)
        places = Set("Place", cascade_delete=False)
        visits = Set("Visit", cascade_delete=False)

    class Office(db.Entity):
        """A real office: the one of `department.code` that stands at `area`. Department `""` holds the built-in ones."""

        _table_ = "offices"
        id = PrimaryKey(int, auto=True)
        department = Optional(str)
        code = Required(str)
        title = Required(str)
        tier = Required(str)
        area = Required(Area)
        active = Required(bool, default=True)
        users = Set(User)
        composite_key(department, code, area)

    class Roster(db.Entity):
        """`user` works in `grid`."""

        _table_ = "rosters"
        id = PrimaryKey(int, auto=True)
        user = Required(User)
        grid = Required(Area)
        composite_key(user, grid)

    class Place(db.Entity):
        _table_ = "places"
        id = PrimaryKey(int, auto=True)
        code = Required(str, unique=True)
        kind = Required(str, index=True)
        name = Required(str)
        address = Optional(str)
        grid = Required(Area)
        lon = Optional(float)
        lat = Optional(float)
        attributes = Required(LongStr, default="{}")
        active = Required(bool, default=True)
        visits = Set("Visit", cascade_delete=False)

    class Calendar(db.Entity):
        """One version of a working calendar, as `core.calendars` writes it."""

        _table_ = "calendars"
        id = PrimaryKey(int, auto=True)
        code = Required(str)
        version = Required(str)
        confirmed_until = Required(date)
        body = Required(LongStr)
        created_at = Required(datetime)
        composite_key(code, version)

    class ItemVersion(db.Entity):
        """A published item: immutable, found by its hash; `retired_at` empty while it is the one in use."""

        _table_ = "item_versions"
        id = PrimaryKey(int, auto=True)
        item = Required(str)
        department = Required(str, index=True)
        version = Required(str)
        artifact = Required(LongStr)
        lines = Required(LongStr)
        source = Required(LongStr, autostrip=False)
        file = Required(str)
        published_at = Required(datetime)
        retired_at = Optional(datetime)
        composite_key(item, version)
        composite_index(item, retired_at)

    class StoredFile(db.Entity):
        """A file by what it holds; its bytes lie in the files folder under its hash."""

        _table_ = "stored_files"
        sha256 = PrimaryKey(str)
        size = Required(int)
        media_type = Required(str)
        stored_at = Required(datetime)
        attachments = Set("Attachment", cascade_delete=False)

    class Attachment(db.Entity):
        """A stored file under a name, on a submission and, as evidence, on a case. `kind` is `photo`, `signature:owner` …"""

        _table_ = "attachments"
        id = PrimaryKey(int, auto=True)
        submission = Optional(str, index=True)
        case_id = Optional(int, index=True)
        name = Required(str)
        kind = Optional(str)
        file = Required(StoredFile)
        user = Required(int)
        attached_at = Required(datetime)

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
        """One finding on its way to closing. `due_at` is that of the current step; `sequence` counts its events."""

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
        closed_at = Optional(datetime, index=True)
        started_at = Optional(datetime)
        due_at = Optional(datetime)
        handle_due_at = Optional(datetime)
        reworks = Required(int, default=0)
        escalated_to = Optional(str)
        sequence = Required(int, default=0)
        deadlines = Set("Deadline", cascade_delete=False)
        timers = Set("Timer", cascade_delete=False)
        composite_index(state, office)
        composite_index(state, town)
        composite_index(item, place, state)
        composite_index(place, opened_at)

    class Deadline(db.Entity):
        """One step's clock on one case: from `started_at`, due at `due_at`, met at `ended_at`."""

        _table_ = "deadlines"
        id = PrimaryKey(int, auto=True)
        case = Required(Case)
        step = Required(str)
        stage = Optional(str)
        limit = Required(str, column="limit_text")
        office = Optional(int)
        started_at = Required(datetime)
        due_at = Required(datetime)
        ended_at = Optional(datetime)
        pauses = Required(LongStr, default="[]")
        calendar = Required(str)
        provisional = Required(bool, default=False)
        derivation = Required(LongStr)
        timers = Set("Timer", cascade_delete=False)

    class Timer(db.Entity):
        """Something to happen once at `due_at`: `kind` is `remind`, `overdue` or `escalate` (to `tier`)."""

        _table_ = "timers"
        id = PrimaryKey(int, auto=True)
        case = Required(Case)
        deadline = Required(Deadline)
        kind = Required(str)
        tier = Optional(str)
        due_at = Required(datetime)
        fired_at = Optional(datetime)
        cancelled_at = Optional(datetime)

    class Visit(db.Entity):
        """One planned visit of one place for one item; `month` is `YYYY-MM`, `ordinal` counts within the month."""

        _table_ = "visits"
        id = PrimaryKey(int, auto=True)
        month = Required(str)
        place = Required(Place)
        item = Required(str)
        ordinal = Required(int)
        grid = Required(Area)
        user = Required(User)
        planned_on = Required(date)
        done_at = Optional(datetime)
        submission = Optional(str)
        composite_key(month, place, item, ordinal)
        composite_index(user, planned_on)

    class Outbox(db.Entity):
        """What is still to be told to somebody, written in the transaction that caused it."""

        _table_ = "outbox"
        id = PrimaryKey(int, auto=True)
        kind = Required(str)
        user = Optional(int)
        office = Optional(int)
        area = Optional(int)
        role = Optional(str)
        case_id = Optional(int)
        body = Required(LongStr)
        created_at = Required(datetime)
        sent_at = Optional(datetime)
        attempts = Required(int, default=0)
        error = Optional(str)

    class Notice(db.Entity):
        """A message in somebody's in-app inbox; at most one for each outbox row and user."""

        _table_ = "notices"
        id = PrimaryKey(int, auto=True)
        user = Required(User)
        outbox = Required(int)
        kind = Required(str)
        case_id = Optional(int)
        body = Required(LongStr)
        created_at = Required(datetime)
        read_at = Optional(datetime)
        composite_key(user, outbox)

    class Entry(db.Entity):
        """One entry of the journal: who did what to which subject, and the hash that chains it to the one before."""

        _table_ = "journal"
        seq = PrimaryKey(int, auto=False)
        at = Required(datetime)
        actor = Optional(int)
        kind = Required(str)
        subject = Required(str, index=True)
        body = Required(LongStr)
        previous = Required(str)
        hash = Required(str, unique=True)

    class Head(db.Entity):
        """The journal's single last link; locked by whoever appends."""

        _table_ = "journal_head"
        id = PrimaryKey(int, auto=False)
        seq = Required(int)
        hash = Required(str)
