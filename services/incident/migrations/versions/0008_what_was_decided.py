"""Under review; decisions with their reasons; consent with its ground; and what must be followed up."""

from alembic import op

from shared.migrations import protect, role, run_script

revision = "0008"
down_revision = "0007"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_STATES)
    run_script(_DECISIONS)
    run_script(_CONSENT)
    op.execute(f"GRANT UPDATE (must_follow_up) ON category TO {role(SERVICE, 'app')}")
    for written in ("decision", "decision_pupil", "consent"):
        protect(SERVICE, written)


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_STATES = """
ALTER TABLE incident
    DROP CONSTRAINT incident_state_check,
    ADD CONSTRAINT incident_state_check CHECK (state IN ('open', 'under_review', 'closed'));
ALTER TABLE incident_step
    DROP CONSTRAINT incident_step_step_check,
    ADD CONSTRAINT incident_step_step_check CHECK (step IN ('under_review', 'closed', 'reopened'));
ALTER TABLE category ADD COLUMN must_follow_up boolean NOT NULL DEFAULT false;
"""

_DECISIONS = """
CREATE TABLE decision (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    by_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('refer', 'not_to_refer', 'share', 'not_to_share', 'other')),
    what text NOT NULL,
    alternatives text NOT NULL,
    reason text NOT NULL,
    body text,
    reference text,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident
);
CREATE INDEX decision_by_incident ON decision (school_id, incident_id, at);
CREATE TABLE decision_pupil (
    school_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    PRIMARY KEY (school_id, decision_id, pupil_id),
    FOREIGN KEY (school_id, decision_id) REFERENCES decision,
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil
);
CREATE INDEX decision_pupil_by_pupil ON decision_pupil (school_id, pupil_id);
"""

_CONSENT = """
CREATE TABLE consent (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    incident_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    answer text NOT NULL CHECK (answer IN ('asked', 'given', 'refused', 'not_sought')),
    ground text CHECK (ground IN ('not_possible', 'not_to_be_expected', 'child_at_risk')),
    of_whom text,
    asked_by_id uuid,
    asked_at timestamptz,
    note text,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident,
    FOREIGN KEY (school_id, pupil_id) REFERENCES pupil,
    CHECK ((answer = 'not_sought') = (ground IS NOT NULL)),
    CHECK ((answer = 'not_sought') = (of_whom IS NULL)),
    CHECK ((answer = 'not_sought') = (asked_at IS NULL))
);
CREATE INDEX consent_by_incident ON consent (school_id, incident_id, at);
CREATE INDEX consent_by_pupil ON consent (school_id, pupil_id, at);
"""
