"""Alerting's own word that somebody is alerted, for the first instant before its event has arrived here."""

from collections.abc import Iterable
from uuid import UUID

from services.incident.queries.reach import Who
from shared.errors import NotSignedIn
from shared.identity import Staff, Verifier

ISSUER = "heed-alerting"
HEADER = "X-Heed-Voucher"


async def vouched_for(staff: Staff, vouchers: Iterable[str], verifier: Verifier) -> Who:
    """The person with the incidents that are vouched for. A voucher that does not hold is worth nothing, no more."""
    incidents, actions = set(), set()
    for voucher in vouchers:
        try:
            claims = await verifier.verify(voucher)
        except NotSignedIn:
            continue
        if claims["sub"] == str(staff.staff_id) and claims.get("school") == str(staff.school_id):
            incidents.add(UUID(str(claims["incident"])))
            if "action" in claims:
                actions.add(UUID(str(claims["action"])))
    return Who(staff, frozenset(incidents), frozenset(actions))
