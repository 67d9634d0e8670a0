"""The bus: `connect()` chooses the implementation by the URL, and nothing else in the house knows which one it is."""

from shared.bus.api import Bus


def connect(url: str, *, client_id: str) -> Bus:
    """`kafka://host:port[,host:port]` (`kafka+tls://[user:password@]…` with encryption) or `postgresql://…`.

    Opens no connection yet.
    """
    scheme = url.partition(":")[0]
    # Imported late: a house on the embedded bus should not pay for the other's client.
    if scheme in ("kafka", "kafka+tls"):
        from shared.bus.kafka import KafkaBus  # noqa: PLC0415

        return KafkaBus(url, client_id=client_id)
    if scheme == "postgresql":
        from shared.bus.postgres import PostgresBus  # noqa: PLC0415

        return PostgresBus(url, client_id=client_id)
    raise ValueError(f"a bus URL begins with kafka:, kafka+tls: or postgresql:, not {scheme}:")
