"""Break-glass with its review."""

from shared.migrations import protect, run_script

revision = "0005"
down_revision = "0004"

SERVICE = "auth"


def upgrade() -> None:
    run_script(_BREAK_GLASS)
    # The words of who asked are written once. Their own rows in any school say whether one still waits for its review.
    protect(SERVICE, "break_glass", app=f"SELECT, INSERT, UPDATE ({_LATER})", own_rows="staff_id")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_LATER = "ended_at, ended_by_id, reviewed_at, reviewed_by_id, verdict, review"

_BREAK_GLASS = """
CREATE TABLE break_glass (
    school_id uuid NOT NULL REFERENCES school,
    id uuid NOT NULL,
    staff_id uuid NOT NULL REFERENCES staff,
    pupil_id uuid NOT NULL,
    reason text NOT NULL,
    words text NOT NULL,
    told uuid[] NOT NULL,
    began_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by_id uuid REFERENCES staff,
    reviewed_at timestamptz,
    reviewed_by_id uuid REFERENCES staff,
    verdict text,
    review text,
    PRIMARY KEY (school_id, id),
    CHECK (ends_at > began_at),
    CHECK (num_nonnulls(ended_at, ended_by_id) IN (0, 2)),
    CHECK (num_nonnulls(reviewed_at, reviewed_by_id, verdict, review) IN (0, 4)),
    CONSTRAINT reviewed_by_another CHECK (reviewed_by_id <> staff_id)
);
CREATE UNIQUE INDEX break_glass_unreviewed ON break_glass (staff_id) WHERE reviewed_at IS NULL;
"""
