""".env.example, held against the settings classes: every setting is there with a line on why, and nothing else is."""

import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

from deploy.databases import SERVICES
from deploy.environment import database_variable
from shared.settings import HouseSettings, unsafe

ROOT = Path(__file__).parents[2]
LINES = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
VARIABLE = re.compile(r"(?:# )?(HEED_[A-Z_]+)=(.*)")
EXPLAINED = {match[1]: match[2] for line in LINES if (match := VARIABLE.fullmatch(line))}
# Read by the `heed` command and by the tests, not by a service.
OTHERS = {
    *(database_variable(service, "migrator") for service in SERVICES),
    "HEED_POSTGRES_ADMIN_URL",
    "HEED_PASSWORDS",
    "HEED_DATA",
    "HEED_TEST_REQUIRE",
    "HEED_TEST_POSTGRES_URL",
    "HEED_TEST_KAFKA_URL",
}


def classes() -> list[type[HouseSettings]]:
    names = sorted(path.parent.name for path in (ROOT / "services").glob("*/settings.py"))
    return [getattr(import_module(f"services.{name}.settings"), f"{name.capitalize()}Settings") for name in names]


def variables(settings: type[HouseSettings]) -> dict[str, str]:
    """Each variable a class reads, with its default as text."""
    found = {}
    for name, field in settings.model_fields.items():
        alias = field.validation_alias or field.alias
        found[str(alias) if alias else f"HEED_{name.upper()}"] = str(field.default)
    return found


@pytest.mark.parametrize("settings", classes(), ids=lambda c: c.__name__)
def test_every_setting_is_explained(settings: type[HouseSettings]) -> None:
    assert set(variables(settings)) <= set(EXPLAINED)


def test_nothing_is_explained_that_nobody_reads() -> None:
    assert classes()
    read = {name for settings in classes() for name in variables(settings)}
    databases = {database_variable(service, kind) for service in SERVICES for kind in ("app", "worker")}
    assert set(EXPLAINED) <= read | databases | OTHERS


def test_a_line_of_why_stands_above_each() -> None:
    for before, line in pairwise(LINES):
        if VARIABLE.fullmatch(line):
            assert before.startswith("# ") or VARIABLE.fullmatch(before), line


def test_a_default_that_is_shown_is_the_default() -> None:
    defaults = {name: default for settings in classes() for name, default in variables(settings).items()}
    for line in LINES:
        match = VARIABLE.fullmatch(line)
        if match and line.startswith("# ") and match[1] in defaults:
            assert match[2] == defaults[match[1]].removesuffix("()"), line


def test_the_example_itself_is_refused_in_production() -> None:
    assert any(
        "example" in reason for reason in unsafe(HouseSettings(mode="production", _env_file=ROOT / ".env.example"))
    )
