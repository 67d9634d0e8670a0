"""Trust, schools, staff with their roles, classes, groups and shields; sign-in; sessions."""

from shared.migrations import house_tables_v1, protect, run_script, trustwide

revision = "0001"
down_revision = None

SERVICE = "auth"


def upgrade() -> None:
    house_tables_v1(SERVICE)
    run_script(_TRUST)
    run_script(_SIGN_IN)
    run_script(_SCHOOL)
    trustwide(SERVICE, "trust", app="SELECT, INSERT, UPDATE (name, version)")
    trustwide(SERVICE, "school", app=f"SELECT, INSERT, UPDATE ({_SCHOOL_CHANGES})")
    # Names and addresses of the whole trust are none of a reporter's business, who reads one school.
    trustwide(SERVICE, "staff", app=f"SELECT, INSERT, UPDATE ({_STAFF_CHANGES})", reporter=False)
    trustwide(SERVICE, "credential", app="SELECT, INSERT, UPDATE", reporter=False)
    trustwide(SERVICE, "trust_role", app="SELECT, INSERT, DELETE")
    trustwide(SERVICE, "staff_session", app="SELECT, INSERT, UPDATE, DELETE", reporter=False)
    trustwide(SERVICE, "device", app="SELECT, INSERT, DELETE", reporter=False)
    trustwide(SERVICE, "personal_token", app="SELECT, INSERT, UPDATE (last_used_at, ended_at)", reporter=False)
    trustwide(SERVICE, "password_link", app="SELECT, INSERT, UPDATE (used_at), DELETE", reporter=False)
    trustwide(SERVICE, "throttle", app="SELECT, INSERT, UPDATE, DELETE", reporter=False)
    # Somebody signing in does not know their schools yet: their own rows, in any school, tell them.
    protect(SERVICE, "membership", app="SELECT, INSERT, UPDATE (told_classes)", own_rows="staff_id")
    protect(SERVICE, "staff_role", app="SELECT, INSERT, DELETE", own_rows="staff_id")
    protect(SERVICE, "class_taught", app="SELECT, INSERT, DELETE")
    protect(SERVICE, "alert_group", app="SELECT, INSERT, UPDATE (name, version, retired_at)")
    protect(SERVICE, "group_member", app="SELECT, INSERT, DELETE")
    protect(SERVICE, "shield", app="SELECT, INSERT, UPDATE (lifted_at, version)")


def downgrade() -> None:
    raise NotImplementedError("a record system goes forward only; restore a backup instead")


_SCHOOL_CHANGES = "name, short_name, phase, urn, danger_text, successor_id, version"
_STAFF_CHANGES = "email, email_key, title, forename, surname, home_school_id, disabled_at, version"

_TRUST = """
CREATE TABLE trust (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX trust_is_one ON trust ((true));
CREATE TABLE school (
    id uuid PRIMARY KEY,
    trust_id uuid NOT NULL REFERENCES trust,
    name text NOT NULL,
    short_name text NOT NULL,
    phase text NOT NULL,
    urn text UNIQUE,
    danger_text text NOT NULL,
    successor_id uuid REFERENCES school,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE staff (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    email_key text NOT NULL UNIQUE,
    title text NOT NULL,
    forename text NOT NULL,
    surname text NOT NULL,
    home_school_id uuid REFERENCES school,
    disabled_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE trust_role (
    staff_id uuid NOT NULL REFERENCES staff,
    role text NOT NULL,
    PRIMARY KEY (staff_id, role)
);
"""

_SIGN_IN = """
CREATE TABLE credential (
    staff_id uuid PRIMARY KEY REFERENCES staff,
    password_hash text,
    password_at timestamptz,
    totp_sealed bytea,
    totp_at timestamptz,
    totp_pending bytea,
    totp_step bigint
);
CREATE TABLE staff_session (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    staff_id uuid NOT NULL REFERENCES staff,
    in_school_id uuid NOT NULL REFERENCES school,
    began_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    mfa_at timestamptz,
    elevated_at timestamptz,
    ended_at timestamptz,
    ended_why text
);
CREATE INDEX staff_session_open ON staff_session (staff_id) WHERE ended_at IS NULL;
CREATE TABLE device (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    staff_id uuid NOT NULL REFERENCES staff,
    made_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX device_of_staff ON device (staff_id);
CREATE TABLE personal_token (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    staff_id uuid NOT NULL REFERENCES staff,
    in_school_id uuid NOT NULL REFERENCES school,
    name text NOT NULL,
    scopes text[] NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_used_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX personal_token_of_staff ON personal_token (staff_id);
CREATE TABLE password_link (
    token_hash bytea PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX password_link_of_staff ON password_link (staff_id);
CREATE TABLE throttle (
    key bytea PRIMARY KEY,
    tries integer NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX throttle_by_age ON throttle (at);
"""

_SCHOOL = """
CREATE TABLE membership (
    school_id uuid NOT NULL REFERENCES school,
    staff_id uuid NOT NULL REFERENCES staff,
    joined_at timestamptz NOT NULL,
    told_classes text[] NOT NULL,
    PRIMARY KEY (school_id, staff_id)
);
CREATE INDEX membership_of_staff ON membership (staff_id);
CREATE TABLE staff_role (
    school_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    role text NOT NULL,
    PRIMARY KEY (school_id, staff_id, role),
    FOREIGN KEY (school_id, staff_id) REFERENCES membership
);
CREATE INDEX staff_role_of_staff ON staff_role (staff_id);
CREATE TABLE class_taught (
    school_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    code text NOT NULL,
    from_on date NOT NULL,
    to_on date,
    PRIMARY KEY (school_id, id),
    FOREIGN KEY (school_id, staff_id) REFERENCES membership,
    CHECK (to_on >= from_on)
);
CREATE INDEX class_taught_by ON class_taught (school_id, staff_id);
CREATE TABLE alert_group (
    school_id uuid NOT NULL REFERENCES school,
    id uuid NOT NULL,
    name text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (school_id, id)
);
CREATE UNIQUE INDEX alert_group_by_name ON alert_group (school_id, lower(name)) WHERE retired_at IS NULL;
CREATE TABLE group_member (
    school_id uuid NOT NULL,
    group_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    PRIMARY KEY (school_id, group_id, staff_id),
    FOREIGN KEY (school_id, group_id) REFERENCES alert_group,
    FOREIGN KEY (school_id, staff_id) REFERENCES membership
);
CREATE TABLE shield (
    school_id uuid NOT NULL REFERENCES school,
    id uuid NOT NULL,
    staff_id uuid NOT NULL REFERENCES staff,
    pupil_id uuid,
    incident_id uuid,
    why text NOT NULL,
    raised_at timestamptz NOT NULL,
    lifted_at timestamptz,
    version bigint NOT NULL,
    PRIMARY KEY (school_id, id),
    CHECK (num_nonnulls(pupil_id, incident_id) = 1)
);
CREATE INDEX shield_of_staff ON shield (school_id, staff_id) WHERE lifted_at IS NULL;
"""
