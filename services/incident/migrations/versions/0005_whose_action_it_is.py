"""An action may have an owner, a due time and be a promise; that it is done is a row of its own."""

from shared.migrations import protect, run_script

revision = "0005"
down_revision = "0004"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_ACTIONS)
    protect(SERVICE, "action_finished")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# A default, so that the code that is running while this is applied can still write.
_ACTIONS = """
ALTER TABLE action
    ADD COLUMN owner_id uuid,
    ADD COLUMN due_at timestamptz,
    ADD COLUMN promise boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT action_due_of_somebody CHECK (owner_id IS NOT NULL OR (due_at IS NULL AND NOT promise)),
    ADD CONSTRAINT action_promise_in_time CHECK (NOT promise OR due_at IS NOT NULL);
CREATE INDEX action_by_owner ON action (school_id, owner_id) WHERE owner_id IS NOT NULL;
CREATE TABLE action_finished (
    school_id uuid NOT NULL,
    action_id uuid NOT NULL,
    by_id uuid NOT NULL,
    note text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (school_id, action_id),
    FOREIGN KEY (school_id, action_id) REFERENCES action
);
"""
