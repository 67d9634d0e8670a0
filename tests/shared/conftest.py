from collections.abc import AsyncIterator

import pytest

from tests.conftest import Cluster
from tests.shared.sealed import SealedLog, sealed_log


@pytest.fixture
async def log(empty_cluster: Cluster) -> AsyncIterator[SealedLog]:
    async with sealed_log(empty_cluster) as made:
        yield made
