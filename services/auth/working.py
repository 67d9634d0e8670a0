"""What auth does beside its API, by the names under which `heed run auth --only` begins them one by one."""

from services.auth.calendar import Calendar
from services.auth.link_worker import LinkWorker
from services.auth.own_addresses import OwnAddresses
from services.auth.settings import AuthSettings
from shared.audit_seal import Sealer
from shared.bus.api import Bus
from shared.db import Database
from shared.keys import KeyRing
from shared.mail_seal import MailSeal
from shared.relay import Relay
from shared.sender import Sender
from shared.service import Worker


def workers_of(
    settings: AuthSettings, *, bus: Bus, db: Database, worker_db: Database, seals: KeyRing, origin: str
) -> dict[str, Worker]:
    relay = Relay(worker_url=settings.worker_database_url.get_secret_value(), bus=bus)
    db.on_publish(relay.wake)
    seal = MailSeal(settings.key_secret)
    sender = Sender(worker_db=worker_db, settings=settings, addresses=OwnAddresses(db), seal=seal)
    db.on_mail(sender.wake)
    return {
        "relay": relay,
        "sender": sender,
        "links": LinkWorker(db, seal=seal),
        "calendar": Calendar(db),
        "sealer": Sealer(worker_db=worker_db, signer=seals, origin=origin),
    }
