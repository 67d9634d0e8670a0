"""Schools whose categories are older than what is asked of them: as the policy has it, unless they said otherwise."""

from shared.migrations import run_script

revision = "0014"
down_revision = "0013"

SERVICE = "incident"
_READ = ("category", "former_name")


def upgrade() -> None:
    # Row-level security holds for the owner as well, who has no school.
    for table in _READ:
        run_script(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    run_script(_AS_THE_POLICY_HAS_IT)
    for table in _READ:
        run_script(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


# What must be followed up (R20) nobody could change so far, so it holds by whatever name it has now. Whether a sanction
# is asked (R19, R127) a school could set from the day on on which it could change a category at all: that counted.
_AS_THE_POLICY_HAS_IT = """
WITH once AS (
    SELECT c.school_id, c.id FROM category c WHERE c.parent_id IS NULL AND (c.name = 'Peer on peer abuse' OR EXISTS (
        SELECT FROM former_name f WHERE f.school_id = c.school_id AND f.of_id = c.id AND f.name = 'Peer on peer abuse'))
)
UPDATE category SET must_follow_up = true, version = version + 1 FROM once
    WHERE category.school_id = once.school_id AND once.id IN (category.id, category.parent_id)
        AND NOT must_follow_up;
WITH once AS (SELECT school_id, id FROM category WHERE parent_id IS NULL AND name = 'Behaviour incident')
UPDATE category SET asks_sanction = true, version = version + 1 FROM once
    WHERE category.school_id = once.school_id AND once.id IN (category.id, category.parent_id)
        AND NOT asks_sanction AND version = 1;
"""
