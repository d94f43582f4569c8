-- The journal's end is where entries come in, and nowhere else. INSERT OR REPLACE deletes rows without asking the
-- triggers on DELETE, so what it would replace is refused before.
CREATE TRIGGER journal_only_at_end BEFORE INSERT ON journal
WHEN NEW.seq <= (SELECT seq FROM journal_head WHERE id = 1)
    OR (NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq - 1 AND hash = NEW.previous))
    OR EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq OR hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

-- The head moves forward, and only to an entry that stands.
CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head
WHEN NEW.id <> OLD.id OR NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash)
    OR (NEW.seq > OLD.seq AND NOT EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq AND hash = NEW.hash))
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER journal_head_one BEFORE INSERT ON journal_head
WHEN EXISTS (SELECT 1 FROM journal_head)
BEGIN
    SELECT RAISE(ABORT, 'the journal has one head');
END;
