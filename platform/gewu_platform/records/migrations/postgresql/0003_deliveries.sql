-- Telling people at their own hours, and telling other systems.

-- A reminder on its way into an inbox: it waits for the working hours of whoever it is for.
CREATE TABLE held_notices (
    id SERIAL PRIMARY KEY,
    "user" INTEGER NOT NULL REFERENCES users (id),
    outbox INTEGER NOT NULL,
    kind TEXT NOT NULL,
    case_id INTEGER,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    deliver_at TIMESTAMP NOT NULL,
    released_at TIMESTAMP,
    CONSTRAINT unq_held_notices__user_outbox UNIQUE ("user", outbox)
);

CREATE TABLE webhooks (
    id SERIAL PRIMARY KEY,
    name TEXT UNIQUE NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    kinds TEXT NOT NULL,
    department TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- One message for one webhook: `key` is what its receiver knows it by, `next_at` when it is tried (again) or, while
-- somebody tries it, when their lease ends; NULL once it is acknowledged, given up or dropped.
CREATE TABLE deliveries (
    id SERIAL PRIMARY KEY,
    webhook INTEGER NOT NULL REFERENCES webhooks (id),
    outbox INTEGER NOT NULL,
    key TEXT UNIQUE NOT NULL,
    kind TEXT NOT NULL,
    case_id INTEGER,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    since_at TIMESTAMP NOT NULL,
    next_at TIMESTAMP,
    attempts INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL,
    ended_at TIMESTAMP,
    error TEXT NOT NULL,
    CONSTRAINT unq_deliveries__webhook_outbox UNIQUE (webhook, outbox)
);
CREATE INDEX idx_deliveries__state ON deliveries (state);

-- What no entity declares: indexes over what still waits, and over an inbox in its order.
CREATE INDEX idx_timers__commanding ON timers (due_at)
    WHERE fired_at IS NULL AND cancelled_at IS NULL AND kind IN ('unsettle', 'resume');
CREATE INDEX idx_held_notices__waiting ON held_notices (deliver_at) WHERE released_at IS NULL;
CREATE INDEX idx_deliveries__waiting ON deliveries (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX idx_notices__inbox ON notices ("user", id);
CREATE INDEX idx_notices__unread ON notices ("user") WHERE read_at IS NULL;
