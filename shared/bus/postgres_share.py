"""How a group shares its partitions: each member comes to its own decision from the same facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Share:
    take: tuple[int, ...] = ()
    give: tuple[int, ...] = ()


def share(claims: Mapping[int, UUID | None], members: Sequence[UUID], me: UUID) -> Share:
    """What `me` takes of the free partitions, or gives back because others have too few. Never both.

    The oldest members have one more when it does not come out even.
    """
    each, over = divmod(len(claims), len(members))
    fair = each + (sorted(members).index(me) < over)
    mine = sorted(partition for partition, member in claims.items() if member == me)
    if len(mine) > fair:
        return Share(give=tuple(mine[fair:]))
    free = sorted(partition for partition, member in claims.items() if member is None)
    return Share(take=tuple(free[: fair - len(mine)]))
