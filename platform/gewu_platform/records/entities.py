"""The tables, as Pony entities on one `Database`.

Times are naive UTC. JSON is kept as canonical text, so that hashes over rows are stable. A row of `cases`, `deadlines`,
`timers`, `tasks` or `visits` is a projection of the journal and changes only together with an entry in it. Nothing is
deleted along with something else: what others still point at cannot be deleted.
"""

from datetime import date, datetime

from pony.orm import Database, LongStr, Optional, PrimaryKey, Required, Set, composite_index, composite_key

from gewu_platform.records.case_entities import define_case_entities


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
        held_notices = Set("HeldNotice", cascade_delete=False)

    class Token(db.Entity):
        _table_ = "tokens"
        id = PrimaryKey(int, auto=True)
        user = Required(User)
        secret_hash = Required(str, unique=True)
        created_at = Required(datetime)
        revoked_at = Optional(datetime)

    class Area(db.Entity):
        """A city, county, town, village or grid; `path` lists the ids from the root to itself as `/1/4/9/`.

        `calendar` is the code of its own working calendar, empty where it has that of the area above.
        """

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
        calendar = Optional(str)
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

    define_case_entities(db)

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

    class HeldNotice(db.Entity):
        """A reminder on its way into an inbox, at `deliver_at`: it waits for the working hours of whoever it is for."""

        _table_ = "held_notices"
        id = PrimaryKey(int, auto=True)
        user = Required(User)
        outbox = Required(int)
        kind = Required(str)
        case_id = Optional(int)
        body = Required(LongStr)
        created_at = Required(datetime)
        deliver_at = Required(datetime)
        released_at = Optional(datetime)
        composite_key(user, outbox)

    class Webhook(db.Entity):
        """An address of another system, told of messages of `kinds` (a JSON list; empty: of all) of one department or all."""

        _table_ = "webhooks"
        id = PrimaryKey(int, auto=True)
        name = Required(str, unique=True)
        url = Required(str)
        secret = Required(str)
        kinds = Required(str, default="[]")
        department = Optional(str)
        active = Required(bool, default=True)
        created_at = Required(datetime)
        deliveries = Set("Delivery", cascade_delete=False)

    class Delivery(db.Entity):
        """One message for one webhook. `state`: `waiting`, `delivered`, `dead` (given up) or `dropped` (by hand).

        `next_at` is when it is tried, or the end of the lease of whoever tries it now; `tries` and `since_at` begin anew
        when it is sent again by hand, `attempts` counts them all.
        """

        _table_ = "deliveries"
        id = PrimaryKey(int, auto=True)
        webhook = Required(Webhook)
        outbox = Required(int)
        key = Required(str, unique=True)
        kind = Required(str)
        case_id = Optional(int)
        body = Required(LongStr)
        created_at = Required(datetime)
        since_at = Required(datetime)
        next_at = Optional(datetime)
        attempts = Required(int, default=0)
        tries = Required(int, default=0)
        state = Required(str, index=True)
        ended_at = Optional(datetime)
        error = Optional(str)
        composite_key(webhook, outbox)
