"""Drafts: what somebody is still writing, theirs alone."""

from alembic import op

from shared.migrations import role, run_script

revision = "0011"
down_revision = "0010"

SERVICE = "incident"


def upgrade() -> None:
    app, backup = role(SERVICE, "app"), role(SERVICE, "backup")
    run_script(_DRAFTS)
    op.execute("ALTER TABLE draft ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE draft FORCE ROW LEVEL SECURITY")
    owner = "school_id = heed_school() AND staff_id = heed_staff()"
    op.execute(f"CREATE POLICY owner ON draft FOR ALL TO {app} USING ({owner}) WITH CHECK ({owner})")
    # Who sweeps is in no school and can delete what nobody saved for so long, of any school, without reading a row.
    op.execute(
        f"CREATE POLICY swept ON draft FOR DELETE TO {app} "
        "USING (heed_school() IS NULL AND heed_staff() IS NULL AND saved_at < now() - interval '14 days')"
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE (content, version, saved_at), DELETE ON draft TO {app}")
    # No reporter: nobody but its owner reads a draft.
    op.execute(f"GRANT SELECT ON draft TO {backup}")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# Text and no jsonb: what was typed comes back to the letter, in the order of the form.
_DRAFTS = """
CREATE TABLE draft (
    school_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    id uuid NOT NULL,
    content text NOT NULL CHECK (octet_length(content) <= 100000),
    version integer NOT NULL,
    begun_at timestamptz NOT NULL,
    saved_at timestamptz NOT NULL,
    PRIMARY KEY (school_id, staff_id, id)
);
CREATE INDEX draft_by_age ON draft (saved_at);
"""
