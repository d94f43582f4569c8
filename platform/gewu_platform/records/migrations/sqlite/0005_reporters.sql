-- Who else reported a case: added to it, or reported one that was merged into it.

CREATE TABLE reporters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    "case" INTEGER NOT NULL REFERENCES cases (id),
    "user" INTEGER NOT NULL,
    CONSTRAINT unq_reporters__case_user UNIQUE ("case", "user")
);
CREATE INDEX idx_reporters__user ON reporters ("user");

INSERT INTO reporters ("case", "user")
SELECT c.id, known."user" FROM cases c JOIN (
    SELECT subject, actor AS "user" FROM journal WHERE kind = 'added' AND actor IS NOT NULL
    UNION
    SELECT j.subject, each.value FROM journal j, json_each(j.body, '$.event.reporters') each WHERE j.kind = 'joined'
) known ON known.subject = 'case:' || c.id AND known."user" <> c.reporter;
