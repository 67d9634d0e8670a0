"""Who is away and who stands in for them, and rules by what part a child had."""

from shared.migrations import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(_CHANGES)


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_CHANGES = """
ALTER TABLE staff_copy ADD COLUMN away_until date, ADD COLUMN deputy_id uuid;
GRANT UPDATE (away_until, deputy_id) ON staff_copy TO heed_alerting_app;
ALTER TABLE rule ADD COLUMN parts text[] NOT NULL DEFAULT '{}';
"""
