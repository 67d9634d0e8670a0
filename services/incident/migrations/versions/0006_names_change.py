"""What categories, agencies and places were called before, and into which a category was merged (R129)."""

from shared.migrations import protect, role, run_script

revision = "0006"
down_revision = "0005"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_NAMES + f"GRANT UPDATE (merged_into) ON category TO {role(SERVICE, 'app')};")
    protect(SERVICE, "former_name")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# What was logged keeps the id; which name it had at the time follows from when the name ended.
_NAMES = """
CREATE TABLE former_name (
    school_id uuid NOT NULL,
    of_id uuid NOT NULL,
    until timestamptz NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (school_id, of_id, until)
);
ALTER TABLE category
    ADD COLUMN merged_into uuid,
    ADD FOREIGN KEY (school_id, merged_into) REFERENCES category,
    ADD CHECK (merged_into IS NULL OR (retired_at IS NOT NULL AND merged_into <> id));
"""
