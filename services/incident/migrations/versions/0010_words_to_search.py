"""The words of the record as they are searched for: stemmed, of one school, behind a function that keeps them there."""

from shared.migrations import protect, role, run_script

revision = "0010"
down_revision = "0009"

SERVICE = "incident"
_READ = ("incident_revision", "incident_taken", "action", "addendum")


def upgrade() -> None:
    app, migrator = role(SERVICE, "app"), role(SERVICE, "migrator")
    run_script(_TABLE + _KEEPING)
    for table in _READ:
        # Row-level security holds for the owner as well, who has no school: what was written so far is read without.
        run_script(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    run_script(_SO_FAR)
    for table in _READ:
        run_script(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    protect(SERVICE, "said")
    run_script(f"CREATE POLICY search_reads ON said FOR SELECT TO {migrator} USING (true);")
    run_script(_SEARCH + f"GRANT EXECUTE ON FUNCTION heed_said(text), heed_words(uuid, text) TO {app};")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# The school stands among the words as one more: the index then finds what both say, and no other school's rows are
# fetched to be thrown away.
_TABLE = """
CREATE TABLE said (
    school_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    incident_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('narrative', 'action', 'addendum')),
    revision integer,
    author_id uuid NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (school_id, id),
    CHECK ((source = 'narrative') = (revision IS NOT NULL))
);
CREATE INDEX said_by_words ON said USING gin (words);
"""

_KEEPING = """
CREATE FUNCTION heed_words(school uuid, written text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT to_tsvector('pg_catalog.english', written) || array_to_tsvector(ARRAY['school:' || school]) $$;
CREATE FUNCTION heed_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'incident_revision' THEN
        INSERT INTO public.said (school_id, incident_id, source, revision, author_id, words) VALUES (
            NEW.school_id, NEW.incident_id, 'narrative', NEW.revision, NEW.by_id,
            public.heed_words(NEW.school_id, concat_ws(E'\\n', NEW.narrative, NEW.action_taken)));
    ELSIF TG_TABLE_NAME = 'incident_taken' THEN
        INSERT INTO public.said (school_id, incident_id, source, revision, author_id, words)
            SELECT NEW.school_id, NEW.incident_id, 'narrative', NEW.revision, r.by_id,
                public.heed_words(NEW.school_id, NEW.text)
            FROM public.incident_revision r WHERE r.school_id = NEW.school_id
                AND r.incident_id = NEW.incident_id AND r.revision = NEW.revision;
    ELSE
        INSERT INTO public.said (school_id, incident_id, source, author_id, words) VALUES (
            NEW.school_id, NEW.incident_id, TG_TABLE_NAME, NEW.author_id,
            public.heed_words(NEW.school_id, NEW.text));
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION heed_words(uuid, text), heed_keep_words() FROM PUBLIC;
CREATE TRIGGER keep_words AFTER INSERT ON incident_revision FOR EACH ROW EXECUTE FUNCTION heed_keep_words();
CREATE TRIGGER keep_words AFTER INSERT ON incident_taken FOR EACH ROW EXECUTE FUNCTION heed_keep_words();
CREATE TRIGGER keep_words AFTER INSERT ON action FOR EACH ROW EXECUTE FUNCTION heed_keep_words();
CREATE TRIGGER keep_words AFTER INSERT ON addendum FOR EACH ROW EXECUTE FUNCTION heed_keep_words();
"""

_SO_FAR = """
INSERT INTO said (school_id, incident_id, source, revision, author_id, words)
    SELECT school_id, incident_id, 'narrative', revision, by_id,
        heed_words(school_id, concat_ws(E'\\n', narrative, action_taken)) FROM incident_revision;
INSERT INTO said (school_id, incident_id, source, revision, author_id, words)
    SELECT t.school_id, t.incident_id, 'narrative', t.revision, r.by_id, heed_words(t.school_id, t.text)
    FROM incident_taken t JOIN incident_revision r USING (school_id, incident_id, revision);
INSERT INTO said (school_id, incident_id, source, author_id, words)
    SELECT school_id, incident_id, 'action', author_id, heed_words(school_id, text) FROM action;
INSERT INTO said (school_id, incident_id, source, author_id, words)
    SELECT school_id, incident_id, 'addendum', author_id, heed_words(school_id, text) FROM addendum;
"""

# `@@` is not leakproof, so that under row-level security every row of the school would be read and no index used. The
# function reads as the tables' owner and names the school itself: that of the transaction, which nobody hands in.
_SEARCH = """
CREATE FUNCTION heed_said(sought text)
    RETURNS TABLE (incident_id uuid, source text, revision integer, author_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT s.incident_id, s.source, s.revision, s.author_id FROM public.said s
        WHERE s.school_id = public.heed_school()
            AND numnode(websearch_to_tsquery('english', sought)) > 0
            AND s.words @@ (websearch_to_tsquery('english', sought)
                && ('''school:' || public.heed_school() || '''')::tsquery)
    $$;
REVOKE EXECUTE ON FUNCTION heed_said(text) FROM PUBLIC;
"""
