"""The roll, categories, incidents with their words in revisions, actions, addenda, and who may read."""

from shared.migrations import house_tables_v1, protect, run_script

revision = "0001"
down_revision = None

SERVICE = "incident"


def upgrade() -> None:
    house_tables_v1(SERVICE)
    run_script(_ROLL)
    run_script(_CATEGORIES)
    run_script(_INCIDENTS)
    run_script(_WHAT_FOLLOWED)
    run_script(_READERS)
    protect(SERVICE, "pupil", app=f"SELECT, INSERT, UPDATE ({_PUPIL_CHANGES})")
    protect(SERVICE, "pupil_identifier")
    protect(SERVICE, "category", app="SELECT, INSERT, UPDATE (name, sensitivity, position, retired_at, version)")
    # What was written has no right to change: not for the application, not by mistake, not at night.
    protect(SERVICE, "incident", app="SELECT, INSERT, UPDATE (state, sensitivity, revision, version)")
    protect(SERVICE, "incident_counter", app="SELECT, INSERT, UPDATE (last)")
    for written in _ONLY_WRITTEN:
        protect(SERVICE, written)
    protect(SERVICE, "reader", app="SELECT, INSERT, UPDATE (since, withdrawn_at, version)", own_rows="staff_id")
    protect(SERVICE, "idempotency_key")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_PUPIL_CHANGES = (
    "surname, forename, born, sex, year_group, class_code, class_id, search_words, left_on, enrolled_on, version"
)

_ONLY_WRITTEN = (
    "incident_number",
    "incident_revision",
    "incident_category",
    "incident_pupil",
    "incident_pupil_category",
    "action",
    "action_pupil",
    "addendum",
    "incident_step",
)

_ROLL = """
CREATE TABLE pupil (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    surname text NOT NULL,
    forename text NOT NULL,
    born date NOT NULL,
    sex text NOT NULL,
    year_group text NOT NULL,
    class_code text,
    class_id uuid,
    search_words text NOT NULL,
    enrolled_on date NOT NULL,
    left_on date,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, id)
);
CREATE TABLE pupil_identifier (
    school_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    since date NOT NULL,
    PRIMARY KEY (school_id, kind, value),
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil
);
CREATE INDEX pupil_identifier_by_pupil ON pupil_identifier (school_id, pupil_id);
"""

_CATEGORIES = """
CREATE TABLE category (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL,
    sensitivity smallint NOT NULL CHECK (sensitivity BETWEEN 1 AND 3),
    position smallint NOT NULL,
    retired_at timestamptz,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, parent_id) REFERENCES category
);
CREATE UNIQUE INDEX category_once ON category
    (school_id, coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), lower(name)) WHERE retired_at IS NULL;
"""

# The incident row is what changes (state, version, how sensitive it is now); every word lies in a revision.
_INCIDENTS = """
CREATE TABLE incident (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    author_id uuid NOT NULL,
    logged_at timestamptz NOT NULL,
    urgent boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    sensitivity smallint NOT NULL CHECK (sensitivity BETWEEN 1 AND 3),
    revision integer NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, id)
);
CREATE INDEX incident_by_time ON incident (school_id, logged_at DESC, id DESC);
CREATE INDEX incident_by_author ON incident (school_id, author_id, logged_at DESC, id DESC);
CREATE TABLE incident_counter (
    school_id uuid PRIMARY KEY,
    last bigint NOT NULL
);
CREATE TABLE incident_number (
    school_id uuid NOT NULL,
    number bigint NOT NULL,
    incident_id uuid NOT NULL,
    PRIMARY KEY (school_id, number),
    UNIQUE (school_id, incident_id),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident
);
CREATE TABLE incident_revision (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    narrative text NOT NULL,
    action_taken text,
    occurred_at timestamptz NOT NULL,
    by_id uuid NOT NULL,
    reason text,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, incident_id, revision),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident,
    CHECK ((revision = 1) = (reason IS NULL))
);
CREATE TABLE incident_category (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    category_id uuid NOT NULL,
    PRIMARY KEY (school_id, incident_id, revision, category_id),
    FOREIGN KEY (school_id, incident_id, revision) REFERENCES incident_revision,
    FOREIGN KEY (school_id, category_id) REFERENCES category
);
CREATE TABLE incident_pupil (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    pupil_id uuid NOT NULL,
    position smallint NOT NULL,
    part text NOT NULL,
    year_group text NOT NULL,
    class_code text,
    PRIMARY KEY (school_id, incident_id, revision, pupil_id),
    FOREIGN KEY (school_id, incident_id, revision) REFERENCES incident_revision,
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil
);
CREATE INDEX incident_pupil_by_pupil ON incident_pupil (school_id, pupil_id);
CREATE TABLE incident_pupil_category (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    pupil_id uuid NOT NULL,
    category_id uuid NOT NULL,
    PRIMARY KEY (school_id, incident_id, revision, pupil_id, category_id),
    FOREIGN KEY (school_id, incident_id, revision, pupil_id) REFERENCES incident_pupil,
    FOREIGN KEY (school_id, category_id) REFERENCES category
);
"""

_WHAT_FOLLOWED = """
CREATE TABLE action (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    author_id uuid NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    tell_author boolean NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident
);
CREATE INDEX action_by_incident ON action (school_id, incident_id, created_at);
CREATE TABLE action_pupil (
    school_id uuid NOT NULL,
    action_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    PRIMARY KEY (school_id, action_id, pupil_id),
    FOREIGN KEY (school_id, action_id) REFERENCES action,
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil
);
CREATE INDEX action_pupil_by_pupil ON action_pupil (school_id, pupil_id);
CREATE TABLE addendum (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    author_id uuid NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident
);
CREATE INDEX addendum_by_incident ON addendum (school_id, incident_id, created_at);
CREATE TABLE incident_step (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    step text NOT NULL CHECK (step IN ('closed', 'reopened')),
    by_id uuid NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident
);
CREATE INDEX incident_step_by_incident ON incident_step (school_id, incident_id, at);
"""

# No key to incident: an alert may be heard of while the incident's own restore from a backup is under way.
_READERS = """
CREATE TABLE reader (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    alert_id uuid NOT NULL,
    since timestamptz NOT NULL,
    withdrawn_at timestamptz,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, incident_id, staff_id)
);
CREATE TABLE idempotency_key (
    school_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    key text NOT NULL,
    content bytea NOT NULL,
    incident_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, staff_id, key)
);
"""
