"""An agency or a place that is another by a second name: what was logged with it says so (R75)."""

from shared.migrations import role, run_script

revision = "0015"
down_revision = "0014"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_MERGED + f"GRANT UPDATE (merged_into) ON list_entry TO {role(SERVICE, 'app')};")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_MERGED = """
ALTER TABLE list_entry
    ADD COLUMN merged_into uuid,
    ADD FOREIGN KEY (school_id, merged_into) REFERENCES list_entry,
    ADD CHECK (merged_into IS NULL OR (retired_at IS NOT NULL AND merged_into <> id));
"""
