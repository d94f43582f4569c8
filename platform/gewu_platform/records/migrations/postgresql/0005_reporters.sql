-- Who else reported a case: added to it, or reported one that was merged into it.

CREATE TABLE reporters (
    id SERIAL PRIMARY KEY,
    "case" INTEGER NOT NULL REFERENCES cases (id),
    "user" INTEGER NOT NULL,
    CONSTRAINT unq_reporters__case_user UNIQUE ("case", "user")
);
CREATE INDEX idx_reporters__user ON reporters ("user");

INSERT INTO reporters ("case", "user")
SELECT c.id, known."user" FROM cases c JOIN (
    SELECT subject, actor AS "user" FROM journal WHERE kind = 'added' AND actor IS NOT NULL
    UNION
    SELECT j.subject, CAST(each.value AS INTEGER)
    FROM journal j, jsonb_array_elements_text(CAST(j.body AS jsonb) #> '{event,reporters}') each
    WHERE j.kind = 'joined'
) known ON known.subject = 'case:' || c.id AND known."user" <> c.reporter;
