"""What a school adds to the word lists of the writing coach."""

from shared.migrations import protect, run_script

revision = "0012"
down_revision = "0011"

SERVICE = "incident"


def upgrade() -> None:
    run_script(_WORDS)
    protect(SERVICE, "coach_words", app="SELECT, INSERT, UPDATE (content, version, by_id, at)")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_WORDS = """
CREATE TABLE coach_words (
    school_id uuid PRIMARY KEY,
    content jsonb NOT NULL,
    version bigint NOT NULL,
    by_id uuid NOT NULL,
    at timestamptz NOT NULL
);
"""
