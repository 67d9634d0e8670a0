"""What each version of an incident brought, so that who comes too late can be shown what came before them."""

from shared.migrations import protect, run_script

revision = "0009"
down_revision = "0008"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_CHANGES)
    protect(SERVICE, "incident_change")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# Versions of before have no row: of them it is said that something changed, and not what.
_CHANGES = """
CREATE TABLE incident_change (
    school_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    version bigint NOT NULL,
    row_id uuid NOT NULL,
    PRIMARY KEY (school_id, incident_id, version, row_id),
    FOREIGN KEY (school_id, incident_id) REFERENCES incident
);
"""
