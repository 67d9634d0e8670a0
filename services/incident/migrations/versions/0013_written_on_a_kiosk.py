"""On which of the school's own devices an incident was written, if it was on one."""

from shared.migrations import run_script

revision = "0013"
down_revision = "0012"

SERVICE = "incident"


def upgrade() -> None:
    run_script("ALTER TABLE incident ADD COLUMN kiosk_id uuid;")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")
