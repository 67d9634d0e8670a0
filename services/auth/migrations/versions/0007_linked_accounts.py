"""Accounts with a provider by which somebody signs in, and the ways to the provider that have begun."""

from shared.migrations import run_script, trustwide

revision = "0007"
down_revision = "0006"

SERVICE = "auth"


def upgrade() -> None:
    run_script(_ACCOUNTS)
    trustwide(SERVICE, "linked_account", app="SELECT, INSERT, UPDATE (last_used_at), DELETE", reporter=False)
    trustwide(SERVICE, "provider_attempt", app="SELECT, INSERT, DELETE", reporter=False)


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_ACCOUNTS = """
CREATE TABLE linked_account (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff,
    provider text NOT NULL,
    issuer text NOT NULL,
    tenant text NOT NULL,
    object_id text NOT NULL,
    linked_at timestamptz NOT NULL,
    last_used_at timestamptz,
    UNIQUE (issuer, tenant, object_id)
);
CREATE INDEX linked_account_of_staff ON linked_account (staff_id);
CREATE TABLE provider_attempt (
    token_hash bytea PRIMARY KEY,
    provider text NOT NULL,
    session_id uuid REFERENCES staff_session,
    expires_at timestamptz NOT NULL
);
CREATE INDEX provider_attempt_by_age ON provider_attempt (expires_at);
"""
