"""`heed audit` as an operator uses it: key and export, verify with and without a database, and the exit codes."""

from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr

from shared import audit
from shared.audit_seal import Sealer
from shared.db import Scope
from shared.ids import new_id
from shared.keys import KeyRing
from tests.conftest import Cluster
from tests.deploy.heed import heed

pytestmark = pytest.mark.postgres


class House:
    """Two services with sealed rows, and the variables that name their databases."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.school = new_id()
        self.variables = {
            f"HEED_{service.upper()}_{prefix}DATABASE_URL": cluster.url(service, kind)
            for service in ("auth", "incident")
            for prefix, kind in (("", "app"), ("WORKER_", "worker"))
        }

    async def write(self, service: str, rows: int) -> None:
        app, worker = self.cluster.database(service), self.cluster.database(service, "worker")
        keys = KeyRing(app, purpose="checkpoint", wrap_secret=SecretStr("k" * 40))
        await keys.load_or_create()
        for _ in range(rows):
            async with app.begin(Scope(self.school)) as session:
                await audit.record(
                    session,
                    action="incident:closed",
                    school_id=self.school,
                    actor="operator",
                    about_kind="incident",
                    about_id=new_id(),
                    reason="Seen to by Ms Okafor.",
                )
        await Sealer(worker_db=worker, signer=keys, origin=f"heed/{service}").seal()
        await app.close()
        await worker.close()

    async def tamper(self, script: str) -> None:
        connection = await asyncpg.connect(self.cluster.admin("incident"))
        await connection.execute(script)
        await connection.close()


@pytest.fixture
async def house(empty_cluster: Cluster) -> House:
    made = House(empty_cluster)
    await made.write("auth", 2)
    await made.write("incident", 3)
    return made


async def test_an_export_verifies_without_a_database(house: House, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    written = heed("audit", "export", str(file), **house.variables)
    assert written.returncode == 0, written.stderr
    assert file.stat().st_mode & 0o077 == 0
    keys = heed("audit", "key", **house.variables).stdout.split()
    assert [key.partition("+")[0] for key in keys] == ["heed/auth", "heed/incident"]
    assert all(key in written.stdout for key in keys)
    pinned = [word for key in keys for word in ("--key", key)]
    said = heed("audit", "verify", str(file), *pinned)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "5 rows are as they were sealed." in said.stdout
    assert "Okafor" not in said.stdout
    # Written once: an older export is worth keeping.
    again = heed("audit", "export", str(file), **house.variables)
    assert again.returncode == 1
    assert "is there already" in again.stderr


async def test_a_house_is_verified_and_what_is_wrong_ends_with_3(house: House) -> None:
    said = heed("audit", "verify", **house.variables)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "The key of heed/incident came from where the rows are" in said.stdout
    await house.tamper("UPDATE audit SET reason = 'Nothing in it.'")
    said = heed("audit", "verify", **house.variables)
    assert said.returncode == 3, said.stdout + said.stderr
    assert f"heed/incident, school {house.school}, row 1 (id " in said.stdout
    assert "3 wrong in 5 rows" in said.stdout
    assert "Okafor" not in said.stdout
    only = heed("audit", "verify", "--service", "auth", **house.variables)
    assert only.returncode == 0
    assert "2 rows are as they were sealed." in only.stdout
    another = heed("audit", "verify", "--school", str(UUID(int=7)), **house.variables)
    assert "0 rows" in another.stdout


async def test_what_was_kept_elsewhere_shows_that_the_tail_was_cut_off(house: House, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    assert heed("audit", "export", "--checkpoints", str(kept), **house.variables).returncode == 0
    assert "Okafor" not in kept.read_text()
    note = tmp_path / "note"
    connection = await asyncpg.connect(house.cluster.admin("incident"))
    note.write_text(await connection.fetchval("SELECT note FROM audit_checkpoint"), encoding="utf-8")
    await connection.close()
    assert heed("audit", "verify", "--since", str(kept), **house.variables).returncode == 0
    assert heed("audit", "verify", "--since", str(note), **house.variables).returncode == 0
    await house.tamper("TRUNCATE audit, audit_leaf, audit_checkpoint")
    assert heed("audit", "verify", **house.variables).returncode == 0
    for file in (kept, note):
        said = heed("audit", "verify", "--since", str(file), **house.variables)
        assert said.returncode == 3
        assert "the log was cut off" in said.stdout
    of_rows = heed("audit", "verify", str(kept))
    assert of_rows.returncode == 1
    assert "holds checkpoints and no rows" in of_rows.stderr


async def test_the_backup_login_is_enough_and_the_apps_is_not(house: House) -> None:
    backup = {"HEED_INCIDENT_BACKUP_DATABASE_URL": house.cluster.url("incident", "backup")}
    assert heed("audit", "verify", **backup).returncode == 0
    wrong = {"HEED_INCIDENT_WORKER_DATABASE_URL": house.cluster.url("incident", "app")}
    said = heed("audit", "verify", **wrong)
    assert said.returncode == 1
    assert "may not read the audit" in said.stderr
    none = heed("audit", "verify", HEED_INCIDENT_DATABASE_URL=house.cluster.url("incident"))
    assert none.returncode == 1
    assert "HEED_AUTH_WORKER_DATABASE_URL is not set" in none.stderr


def test_what_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("rubbish")
    for words, code, sentence in (
        (("verify", str(tmp_path / "nothing")), 1, "cannot be read"),
        (("verify", str(rubbish)), 3, "line 1: not an entry of an audit export"),
        (("verify", "--key", "x"), 1, "is not a public key"),
        (("verify", "--since", str(rubbish)), 1, "neither a checkpoint's note nor an export"),
        (("verify", "--service", "kitchen"), 1, "There is no audit of kitchen"),
        (("export", str(tmp_path / "x"), "--data", str(tmp_path / "no house")), 1, "There is no house here"),
    ):
        said = heed("audit", *words)
        assert said.returncode == code, (words, said.stdout, said.stderr)
        assert sentence in said.stdout + said.stderr
        assert "Traceback" not in said.stderr
    assert not (tmp_path / "x").exists()
