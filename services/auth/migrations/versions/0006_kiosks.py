"""Kiosks, and the sessions that were begun on one."""

from shared.migrations import protect, run_script

revision = "0006"
down_revision = "0005"

SERVICE = "auth"


def upgrade() -> None:
    run_script(_KIOSKS)
    protect(SERVICE, "kiosk", app="SELECT, INSERT, UPDATE (last_seen_at, revoked_at, revoked_by_id)")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_KIOSKS = """
CREATE TABLE kiosk (
    school_id uuid NOT NULL REFERENCES school,
    id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    made_by_id uuid NOT NULL REFERENCES staff,
    made_at timestamptz NOT NULL,
    last_seen_at timestamptz,
    revoked_at timestamptz,
    revoked_by_id uuid REFERENCES staff,
    PRIMARY KEY (school_id, id),
    UNIQUE (school_id, token_hash),
    CHECK (num_nonnulls(revoked_at, revoked_by_id) IN (0, 2))
);
CREATE UNIQUE INDEX kiosk_by_name ON kiosk (school_id, lower(name)) WHERE revoked_at IS NULL;
ALTER TABLE staff_session
    ADD COLUMN kiosk_id uuid,
    ADD CONSTRAINT staff_session_kiosk FOREIGN KEY (in_school_id, kiosk_id) REFERENCES kiosk (school_id, id),
    ADD CONSTRAINT staff_session_kiosk_sure CHECK (kiosk_id IS NULL OR num_nonnulls(mfa_at, elevated_at) = 0);
CREATE INDEX staff_session_on_kiosk ON staff_session (kiosk_id) WHERE kiosk_id IS NOT NULL AND ended_at IS NULL;
"""
