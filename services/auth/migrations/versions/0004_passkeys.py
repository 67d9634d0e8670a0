"""Passkeys, and the challenges that are out to be signed by one."""

from shared.migrations import run_script, trustwide

revision = "0004"
down_revision = "0003"

SERVICE = "auth"


def upgrade() -> None:
    run_script(_PASSKEYS)
    trustwide(SERVICE, "passkey", app="SELECT, INSERT, UPDATE (sign_count, last_used_at), DELETE", reporter=False)
    trustwide(SERVICE, "passkey_challenge", app="SELECT, INSERT, UPDATE, DELETE", reporter=False)


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_PASSKEYS = """
CREATE TABLE passkey (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    transports text[] NOT NULL,
    name text NOT NULL,
    made_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkey_of_staff ON passkey (staff_id);
CREATE TABLE passkey_challenge (
    bound_to bytea NOT NULL,
    purpose text NOT NULL,
    challenge bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (bound_to, purpose)
);
CREATE INDEX passkey_challenge_by_age ON passkey_challenge (expires_at);
"""
