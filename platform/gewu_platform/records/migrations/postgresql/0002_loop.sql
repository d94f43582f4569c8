-- Pausing, tasks, merging and appeals: what the loop needs besides its main way. Every row keeps what it says.

ALTER TABLE areas ADD COLUMN calendar TEXT NOT NULL DEFAULT '';
ALTER TABLE areas
    ALTER COLUMN calendar DROP DEFAULT;

ALTER TABLE cases ADD COLUMN warning_at TIMESTAMP;
ALTER TABLE cases ADD COLUMN paused_at TIMESTAMP;
ALTER TABLE cases ADD COLUMN late BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cases ADD COLUMN exempt BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE cases ADD COLUMN extensions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN parked_until DATE;
ALTER TABLE cases ADD COLUMN closed_as TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN merged_into INTEGER;
ALTER TABLE cases ADD COLUMN supervising INTEGER;
ALTER TABLE cases ADD COLUMN urges INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases
    ALTER COLUMN late DROP DEFAULT,
    ALTER COLUMN exempt DROP DEFAULT,
    ALTER COLUMN extensions DROP DEFAULT,
    ALTER COLUMN closed_as DROP DEFAULT,
    ALTER COLUMN urges DROP DEFAULT,
    ALTER COLUMN added DROP DEFAULT;

ALTER TABLE deadlines ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deadlines ADD COLUMN task INTEGER;
ALTER TABLE deadlines ADD COLUMN legs TEXT NOT NULL DEFAULT '[]';
ALTER TABLE deadlines ADD COLUMN warns_at TIMESTAMP;
ALTER TABLE deadlines ADD COLUMN paused_at TIMESTAMP;
ALTER TABLE deadlines ADD COLUMN paused_for TEXT NOT NULL DEFAULT '';
ALTER TABLE deadlines ADD COLUMN causes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE deadlines
    ALTER COLUMN number DROP DEFAULT,
    ALTER COLUMN legs DROP DEFAULT,
    ALTER COLUMN paused_for DROP DEFAULT,
    ALTER COLUMN causes DROP DEFAULT;

UPDATE deadlines SET
    legs = '["' || limit_text || '"]',
    number = (SELECT count(*) FROM deadlines d WHERE d."case" = deadlines."case" AND d.id <= deadlines.id),
    warns_at = coalesce(
        (SELECT min(t.due_at) FROM timers t WHERE t.deadline = deadlines.id AND t.kind = 'remind'), due_at
    );
ALTER TABLE deadlines ADD CONSTRAINT unq_deadlines__case_number UNIQUE ("case", number);
DROP INDEX idx_deadlines__case;

UPDATE cases SET closed_as = 'handled' WHERE state = 'closed';
UPDATE cases SET late = TRUE WHERE handled_at > handle_due_at;
UPDATE cases SET warning_at = (
    SELECT max(d.warns_at) FROM deadlines d
    WHERE d."case" = cases.id AND d.ended_at IS NULL AND d.due_at = cases.due_at
) WHERE closed_at IS NULL;

-- What somebody was asked within a case: to check, to assist, to decide on a request, to answer an order.
CREATE TABLE tasks (
    id SERIAL PRIMARY KEY,
    "case" INTEGER NOT NULL REFERENCES cases (id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    office INTEGER,
    role TEXT NOT NULL,
    grid INTEGER NOT NULL,
    asked_by INTEGER,
    asked_at TIMESTAMP NOT NULL,
    note TEXT NOT NULL,
    until_on DATE,
    due_at TIMESTAMP,
    ended_at TIMESTAMP,
    ended_by INTEGER,
    result TEXT NOT NULL,
    answer TEXT NOT NULL,
    CONSTRAINT unq_tasks__case_number UNIQUE ("case", number)
);

-- What no entity declares: indexes over the few rows that are open, or that few cases have at all.
CREATE INDEX idx_tasks__open_office ON tasks (office, kind) WHERE ended_at IS NULL;
CREATE INDEX idx_tasks__open_role ON tasks (role, grid) WHERE ended_at IS NULL;
CREATE INDEX idx_tasks__assisting ON tasks (office, "case", kind, result) WHERE kind = 'assist' AND result <> 'lapsed';
-- Where a report came from, in cells of some 200 m: what lies near by is looked for among the reports of a few cells.
CREATE INDEX idx_submissions__cell ON submissions
    ((CAST(lon * 500 AS INTEGER)), (CAST(lat * 500 AS INTEGER)), received_at, place) WHERE lon IS NOT NULL;
CREATE INDEX idx_cases__supervising ON cases (supervising) WHERE supervising IS NOT NULL;
CREATE INDEX idx_cases__merged_into ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX idx_deadlines__provisional ON deadlines (calendar) WHERE ended_at IS NULL AND provisional;

-- Whose cases somebody sees, the open ones apart from years of closed ones. An index over every closing offers itself for
-- all that are open at once, and SQLite prefers it to those that are somebody's: it keeps the closed ones alone.
DROP INDEX idx_cases__closed_at;
CREATE INDEX idx_cases__closed ON cases (closed_at) WHERE closed_at IS NOT NULL;
DROP INDEX idx_cases__state_office;
DROP INDEX idx_cases__state_town;
CREATE INDEX idx_cases__state_closed_at ON cases (state, closed_at);
CREATE INDEX idx_cases__office_closed_at ON cases (office, closed_at);
CREATE INDEX idx_cases__grid_closed_at ON cases (grid, closed_at);
CREATE INDEX idx_cases__reporter_closed_at ON cases (reporter, closed_at);
