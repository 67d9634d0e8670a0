"""The bus on Kafka."""

from collections.abc import Mapping, Sequence

from shared.bus.api import Consumer, Lag, Message


class KafkaBus:
    def __init__(self, url: str, *, client_id: str) -> None:
        self._url, self._client_id = url, client_id

    async def ensure_topics(self, topics: Mapping[str, int]) -> None: ...

    async def publish(self, messages: Sequence[Message]) -> None:
        raise NotImplementedError

    def consumer(self, group: str, topics: Sequence[str], *, session_timeout: float = 10.0) -> Consumer:
        raise NotImplementedError

    async def lag(self, group: str) -> list[Lag]:
        raise NotImplementedError

    async def ready(self) -> None:
        raise NotImplementedError

    async def close(self) -> None: ...
