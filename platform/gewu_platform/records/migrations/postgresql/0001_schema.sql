CREATE TABLE areas (
    id SERIAL PRIMARY KEY,
    code TEXT UNIQUE NOT NULL,
    name TEXT NOT NULL,
    tier TEXT NOT NULL,
    kind TEXT NOT NULL,
    area_class TEXT NOT NULL,
    parent INTEGER REFERENCES areas (id) ON DELETE SET NULL,
    path TEXT UNIQUE NOT NULL,
    polygon TEXT NOT NULL
);
CREATE INDEX idx_areas__parent ON areas (parent);
CREATE INDEX idx_areas__tier ON areas (tier);

CREATE TABLE calendars (
    id SERIAL PRIMARY KEY,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    confirmed_until DATE NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT unq_calendars__code_version UNIQUE (code, version)
);

CREATE TABLE item_versions (
    id SERIAL PRIMARY KEY,
    item TEXT NOT NULL,
    department TEXT NOT NULL,
    version TEXT NOT NULL,
    artifact TEXT NOT NULL,
    lines TEXT NOT NULL,
    source TEXT NOT NULL,
    file TEXT NOT NULL,
    published_at TIMESTAMP NOT NULL,
    retired_at TIMESTAMP,
    CONSTRAINT unq_item_versions__item_version UNIQUE (item, version)
);
CREATE INDEX idx_item_versions__department ON item_versions (department);
CREATE INDEX idx_item_versions__item_retired_at ON item_versions (item, retired_at);

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    actor INTEGER,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT UNIQUE NOT NULL
);
CREATE INDEX idx_journal__subject ON journal (subject);

CREATE TABLE journal_head (
    id INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
);

CREATE TABLE offices (
    id SERIAL PRIMARY KEY,
    department TEXT,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    tier TEXT NOT NULL,
    area INTEGER NOT NULL REFERENCES areas (id),
    active BOOLEAN NOT NULL,
    CONSTRAINT unq_offices__department_code_area UNIQUE (department, code, area)
);
CREATE INDEX idx_offices__area ON offices (area);

CREATE TABLE outbox (
    id SERIAL PRIMARY KEY,
    kind TEXT NOT NULL,
    "user" INTEGER,
    office INTEGER,
    area INTEGER,
    role TEXT NOT NULL,
    case_id INTEGER,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL
);

CREATE TABLE places (
    id SERIAL PRIMARY KEY,
    code TEXT UNIQUE NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    grid INTEGER NOT NULL REFERENCES areas (id),
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    attributes TEXT NOT NULL,
    active BOOLEAN NOT NULL
);
CREATE INDEX idx_places__grid ON places (grid);
CREATE INDEX idx_places__kind ON places (kind);

CREATE TABLE stored_files (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    stored_at TIMESTAMP NOT NULL
);

CREATE TABLE attachments (
    id SERIAL PRIMARY KEY,
    submission TEXT NOT NULL,
    case_id INTEGER,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES stored_files (sha256),
    "user" INTEGER NOT NULL,
    attached_at TIMESTAMP NOT NULL
);
CREATE INDEX idx_attachments__case_id ON attachments (case_id);
CREATE INDEX idx_attachments__file ON attachments (file);
CREATE INDEX idx_attachments__submission ON attachments (submission);

CREATE TABLE submissions (
    id TEXT PRIMARY KEY,
    item TEXT NOT NULL,
    version TEXT NOT NULL,
    department TEXT NOT NULL,
    "user" INTEGER NOT NULL,
    grid INTEGER NOT NULL,
    place INTEGER,
    lon DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    answers TEXT NOT NULL,
    context TEXT NOT NULL,
    decision TEXT NOT NULL,
    receipt TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    reported_at TIMESTAMP NOT NULL,
    received_at TIMESTAMP NOT NULL
);
CREATE INDEX idx_submissions__received_at ON submissions (received_at);
CREATE INDEX idx_submissions__user ON submissions ("user");

CREATE TABLE cases (
    id SERIAL PRIMARY KEY,
    number TEXT UNIQUE NOT NULL,
    submission TEXT NOT NULL REFERENCES submissions (id),
    item TEXT NOT NULL,
    version TEXT NOT NULL,
    department TEXT NOT NULL,
    finding TEXT NOT NULL,
    title TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    step TEXT NOT NULL,
    grid INTEGER NOT NULL,
    village INTEGER,
    town INTEGER,
    county INTEGER,
    place INTEGER,
    office INTEGER,
    reporter INTEGER NOT NULL,
    decision TEXT NOT NULL,
    calendar TEXT NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    dispatched_at TIMESTAMP,
    handled_at TIMESTAMP,
    closed_at TIMESTAMP,
    started_at TIMESTAMP,
    due_at TIMESTAMP,
    handle_due_at TIMESTAMP,
    reworks INTEGER NOT NULL,
    escalated_to TEXT NOT NULL,
    sequence INTEGER NOT NULL
);
CREATE INDEX idx_cases__closed_at ON cases (closed_at);
CREATE INDEX idx_cases__handled_at ON cases (handled_at);
CREATE INDEX idx_cases__place_opened_at ON cases (place, opened_at);
CREATE INDEX idx_cases__item_place_state ON cases (item, place, state);
CREATE INDEX idx_cases__state_office ON cases (state, office);
CREATE INDEX idx_cases__state_town ON cases (state, town);
CREATE INDEX idx_cases__submission ON cases (submission);

CREATE TABLE deadlines (
    id SERIAL PRIMARY KEY,
    "case" INTEGER NOT NULL REFERENCES cases (id),
    step TEXT NOT NULL,
    stage TEXT NOT NULL,
    limit_text TEXT NOT NULL,
    office INTEGER,
    started_at TIMESTAMP NOT NULL,
    due_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    pauses TEXT NOT NULL,
    calendar TEXT NOT NULL,
    provisional BOOLEAN NOT NULL,
    derivation TEXT NOT NULL
);
CREATE INDEX idx_deadlines__case ON deadlines ("case");

CREATE TABLE timers (
    id SERIAL PRIMARY KEY,
    "case" INTEGER NOT NULL REFERENCES cases (id),
    deadline INTEGER NOT NULL REFERENCES deadlines (id),
    kind TEXT NOT NULL,
    tier TEXT NOT NULL,
    due_at TIMESTAMP NOT NULL,
    fired_at TIMESTAMP,
    cancelled_at TIMESTAMP
);
CREATE INDEX idx_timers__case ON timers ("case");
CREATE INDEX idx_timers__deadline ON timers (deadline);

CREATE TABLE users (
    id SERIAL PRIMARY KEY,
    name TEXT UNIQUE NOT NULL,
    full_name TEXT NOT NULL,
    role TEXT NOT NULL,
    department TEXT NOT NULL,
    phone TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    failed_sign_ins INTEGER NOT NULL,
    locked_until TIMESTAMP,
    session_key TEXT NOT NULL
);

CREATE TABLE notices (
    id SERIAL PRIMARY KEY,
    "user" INTEGER NOT NULL REFERENCES users (id),
    outbox INTEGER NOT NULL,
    kind TEXT NOT NULL,
    case_id INTEGER,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    CONSTRAINT unq_notices__user_outbox UNIQUE ("user", outbox)
);

CREATE TABLE rosters (
    id SERIAL PRIMARY KEY,
    "user" INTEGER NOT NULL REFERENCES users (id),
    grid INTEGER NOT NULL REFERENCES areas (id),
    CONSTRAINT unq_rosters__user_grid UNIQUE ("user", grid)
);
CREATE INDEX idx_rosters__grid ON rosters (grid);

CREATE TABLE tokens (
    id SERIAL PRIMARY KEY,
    "user" INTEGER NOT NULL REFERENCES users (id),
    secret_hash TEXT UNIQUE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX idx_tokens__user ON tokens ("user");

CREATE TABLE user_areas (
    area INTEGER NOT NULL REFERENCES areas (id) ON DELETE CASCADE,
    "user" INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (area, "user")
);
CREATE INDEX idx_user_areas ON user_areas ("user");

CREATE TABLE user_offices (
    office INTEGER NOT NULL REFERENCES offices (id) ON DELETE CASCADE,
    "user" INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (office, "user")
);
CREATE INDEX idx_user_offices ON user_offices ("user");

CREATE TABLE visits (
    id SERIAL PRIMARY KEY,
    month TEXT NOT NULL,
    place INTEGER NOT NULL REFERENCES places (id),
    item TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    grid INTEGER NOT NULL REFERENCES areas (id),
    "user" INTEGER NOT NULL REFERENCES users (id),
    planned_on DATE NOT NULL,
    done_at TIMESTAMP,
    submission TEXT NOT NULL,
    CONSTRAINT unq_visits__month_place_item_ordinal UNIQUE (month, place, item, ordinal)
);
CREATE INDEX idx_visits__grid ON visits (grid);
CREATE INDEX idx_visits__place ON visits (place);
CREATE INDEX idx_visits__user_planned_on ON visits ("user", planned_on);

-- What no entity declares: indexes over the few rows that are still open or waiting, and one version of each item
-- in use.
CREATE INDEX idx_cases__running ON cases (due_at) WHERE closed_at IS NULL;
CREATE INDEX idx_cases__open ON cases (department, town) WHERE closed_at IS NULL;
CREATE INDEX idx_timers__waiting ON timers (due_at) WHERE fired_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX idx_outbox__waiting ON outbox (id) WHERE sent_at IS NULL;
CREATE UNIQUE INDEX unq_item_versions__in_use ON item_versions (item) WHERE retired_at IS NULL;

INSERT INTO journal_head (id, seq, hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- The journal is append-only; its head can move but not go.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END;
$$;
CREATE TRIGGER journal_no_update BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
