"""When, where, what was done already, for whom, with which agency, which marks: a concern in all its fields."""

from shared.migrations import protect, role, run_script

revision = "0003"
down_revision = "0002"

SERVICE = "incident"


def upgrade() -> None:
    app = role(SERVICE, "app")
    run_script(_LISTS)
    run_script(_CATEGORIES + f"GRANT UPDATE (log_within_minutes, asks_sanction) ON category TO {app};")
    run_script(_REVISIONS)
    run_script(_WRITTEN)
    protect(SERVICE, "list_entry", app="SELECT, INSERT, UPDATE (name, position, retired_at, version)")
    for written in ("incident_taken", "incident_taken_pupil", "incident_agency", "incident_mark"):
        protect(SERVICE, written)


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_LISTS = """
CREATE TABLE list_entry (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    list text NOT NULL CHECK (list IN ('agency', 'location')),
    name text NOT NULL,
    position smallint NOT NULL,
    retired_at timestamptz,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, id)
);
CREATE UNIQUE INDEX list_entry_once ON list_entry (school_id, list, lower(name)) WHERE retired_at IS NULL;
"""

# No minutes means the same day, which is what the policy asks of every category until a school says otherwise.
_CATEGORIES = """
ALTER TABLE category
    ADD COLUMN log_within_minutes integer CHECK (log_within_minutes > 0),
    ADD COLUMN asks_sanction boolean NOT NULL DEFAULT false;
"""

# Code that is older than these columns writes a time that is exact and measures no lateness.
_REVISIONS = """
ALTER TABLE incident_revision
    ALTER COLUMN occurred_at DROP NOT NULL,
    ADD COLUMN time_known text NOT NULL DEFAULT 'exact'
        CHECK (time_known IN ('exact', 'about', 'date_only', 'not_known')),
    ADD COLUMN late_by integer CHECK (late_by >= 0),
    ADD COLUMN location_id uuid,
    ADD COLUMN location_words text,
    ADD COLUMN sanction text,
    ADD COLUMN told_in_person_id uuid,
    ADD CHECK ((time_known = 'not_known') = (occurred_at IS NULL)),
    ADD FOREIGN KEY (school_id, location_id) REFERENCES list_entry;
"""

_WRITTEN = """
CREATE TABLE incident_taken (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    position smallint NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (school_id, incident_id, revision, position),
    FOREIGN KEY (school_id, incident_id, revision) REFERENCES incident_revision
);
CREATE TABLE incident_taken_pupil (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    position smallint NOT NULL,
    pupil_id uuid NOT NULL,
    PRIMARY KEY (school_id, incident_id, revision, position, pupil_id),
    FOREIGN KEY (school_id, incident_id, revision, position) REFERENCES incident_taken,
    FOREIGN KEY (school_id, incident_id, revision, pupil_id) REFERENCES incident_pupil
);
CREATE INDEX incident_taken_pupil_by_pupil ON incident_taken_pupil (school_id, pupil_id);
CREATE TABLE incident_agency (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    position smallint NOT NULL,
    agency_id uuid NOT NULL,
    note text,
    PRIMARY KEY (school_id, incident_id, revision, position),
    FOREIGN KEY (school_id, incident_id, revision) REFERENCES incident_revision,
    FOREIGN KEY (school_id, agency_id) REFERENCES list_entry
);
CREATE TABLE incident_mark (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    revision integer NOT NULL,
    pupil_id uuid NOT NULL,
    number smallint NOT NULL,
    view text NOT NULL CHECK (view IN ('front', 'back', 'left', 'right', 'head', 'hands', 'feet')),
    figure text NOT NULL CHECK (figure IN ('child', 'adult')),
    x double precision NOT NULL CHECK (x BETWEEN 0 AND 1),
    y double precision NOT NULL CHECK (y BETWEEN 0 AND 1),
    kind text NOT NULL,
    size_mm integer CHECK (size_mm > 0),
    colour text,
    words text,
    drawing_version smallint NOT NULL,
    PRIMARY KEY (school_id, incident_id, revision, pupil_id, number),
    FOREIGN KEY (school_id, incident_id, revision, pupil_id) REFERENCES incident_pupil
);
CREATE INDEX incident_mark_by_pupil ON incident_mark (school_id, pupil_id);
"""
