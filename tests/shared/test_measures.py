"""The gauges say what the database says."""

import pytest
from sqlalchemy import text

from shared import audit
from shared.contracts.auth import GroupChanged
from shared.db import Scope
from shared.ids import new_id
from shared.measures import house_measures
from shared.outbox import publish
from shared.telemetry import REGISTRY
from tests.conftest import Cluster

pytestmark = pytest.mark.postgres


def gauge(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_what_waits_is_counted_and_its_age_told(empty_cluster: Cluster) -> None:
    app, worker = empty_cluster.database("house"), empty_cluster.database("house", "worker")
    measures = house_measures("house", worker_db=worker, consumer="house")
    school = new_id()
    async with app.begin(Scope(school)) as session:
        group = GroupChanged(group_id=new_id(), member_ids=[], active=True)
        await publish(session, group, school_id=school, version=1)
        await audit.record(
            session, action="group:changed", school_id=school, actor="operator", about_kind="group", about_id=group.key
        )
        await session.execute(
            text(
                "INSERT INTO parked_key VALUES ('house', 'heed.auth.v1', :id, :id, 'it failed', now(), 5)",
            ).bindparams(id=school)
        )
    for measure in measures.values():
        await measure()
    assert gauge("heed_outbox_depth", service="house") == 1
    assert (gauge("heed_outbox_age_seconds", service="house") or -1) >= 0
    assert (gauge("heed_sealer_delay_seconds", service="house") or 0) > 0
    assert gauge("heed_parked_keys", consumer="house") == 1
    assert gauge("heed_mails", service="house", state="sent") == 0
    await app.close()
    await worker.close()
