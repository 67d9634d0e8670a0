"""Who is away and who stands in for them; browsers that were seen before; recovery codes."""

from shared.migrations import role, run_script, trustwide

revision = "0003"
down_revision = "0002"

SERVICE = "auth"


def upgrade() -> None:
    run_script(_ABSENCE.format(app=role(SERVICE, "app")))
    run_script(_SIGN_IN)
    trustwide(SERVICE, "known_browser", app="SELECT, INSERT, UPDATE (seen_at), DELETE", reporter=False)
    trustwide(SERVICE, "recovery_code", app="SELECT, INSERT, UPDATE (used_at), DELETE", reporter=False)


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_ABSENCE = """
ALTER TABLE membership
    ADD COLUMN away_from date,
    ADD COLUMN away_until date,
    ADD COLUMN deputy_id uuid,
    ADD COLUMN told_away boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT membership_deputy FOREIGN KEY (school_id, deputy_id) REFERENCES membership (school_id, staff_id),
    ADD CONSTRAINT membership_away CHECK (away_until >= away_from AND num_nonnulls(away_from, away_until) IN (0, 2)),
    ADD CONSTRAINT membership_another CHECK (deputy_id <> staff_id);
GRANT UPDATE (away_from, away_until, deputy_id, told_away) ON membership TO {app};
"""

_SIGN_IN = """
ALTER TABLE staff_session ADD COLUMN device text NOT NULL DEFAULT '';
CREATE TABLE known_browser (
    staff_id uuid NOT NULL REFERENCES staff,
    token_hash bytea NOT NULL,
    since timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (staff_id, token_hash)
);
CREATE TABLE recovery_code (
    code_hash bytea PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff,
    made_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX recovery_code_of_staff ON recovery_code (staff_id);
"""
