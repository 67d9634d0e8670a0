"""Links by mail: who asked for one."""

from shared.migrations import run_script, trustwide

revision = "0002"
down_revision = "0001"

SERVICE = "auth"


def upgrade() -> None:
    run_script(_LINKS)
    # What was typed, be it anybody's address or not; gone a moment later.
    trustwide(SERVICE, "link_request", app="SELECT, INSERT, DELETE", reporter=False)


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_LINKS = """
CREATE TABLE link_request (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    asked_at timestamptz NOT NULL
);
"""
