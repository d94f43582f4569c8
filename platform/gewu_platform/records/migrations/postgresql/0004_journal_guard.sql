-- The journal's end is where entries come in, and nowhere else; the head moves forward, and only to an entry that stands.
CREATE FUNCTION refuse_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <= (SELECT seq FROM journal_head WHERE id = 1)
        OR (NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq - 1 AND hash = NEW.previous))
    THEN
        RAISE EXCEPTION 'the journal is append-only';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER journal_only_at_end BEFORE INSERT ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_elsewhere();

CREATE FUNCTION refuse_backward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.seq < OLD.seq OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash)
        OR (NEW.seq > OLD.seq AND NOT EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq AND hash = NEW.hash))
    THEN
        RAISE EXCEPTION 'the journal is append-only';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head
    FOR EACH ROW EXECUTE FUNCTION refuse_backward();

CREATE FUNCTION refuse_second_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM journal_head) THEN
        RAISE EXCEPTION 'the journal has one head';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER journal_head_one BEFORE INSERT ON journal_head
    FOR EACH ROW EXECUTE FUNCTION refuse_second_head();
CREATE TRIGGER journal_head_no_truncate BEFORE TRUNCATE ON journal_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
