"""A school's own systems that are told by HTTP, and what they are told."""

from shared.migrations import protect, run_script

revision = "0007"
down_revision = "0006"

SERVICE = "alerting"


def upgrade() -> None:
    run_script(_TABLES)
    protect(SERVICE, "webhook", app="SELECT, INSERT, UPDATE (failures, off_at, off_because)")
    changes = "state, attempts, next_try_at, sent_at, error"
    protect(SERVICE, "webhook_delivery", app=f"SELECT, INSERT, UPDATE ({changes})")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# Which schools have any is known to the whole trust, so that whoever sends need not look at all of them.
_TABLES = """
ALTER TABLE known_school ADD COLUMN webhooks boolean NOT NULL DEFAULT false;
GRANT UPDATE (webhooks) ON known_school TO heed_alerting_app;
CREATE TABLE webhook (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    secret bytea NOT NULL,
    made_by_id uuid NOT NULL,
    made_at timestamptz NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    off_at timestamptz,
    off_because text CHECK (off_because IN ('by-hand', 'failing', 'gone')),
    PRIMARY KEY (school_id, id),
    CHECK ((off_at IS NULL) = (off_because IS NULL))
);
CREATE TABLE webhook_delivery (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    type text NOT NULL,
    data jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'parked')),
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    made_at timestamptz NOT NULL,
    sent_at timestamptz,
    error text,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, webhook_id) REFERENCES webhook (school_id, id)
);
CREATE INDEX webhook_delivery_waiting ON webhook_delivery (school_id, next_try_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_of ON webhook_delivery (school_id, webhook_id, id);
"""
