"""Auth's table of contents."""

from functools import partial

from services.auth.calendar import Calendar
from services.auth.link_worker import LinkWorker
from services.auth.own_addresses import OwnAddresses
from services.auth.routes import absence, internal, own, people, sessions, staff_file
from services.auth.sealing import Sealing
from services.auth.settings import AuthSettings
from services.auth.start import refuse_demonstration
from shared.audit_seal import Sealer
from shared.bus.api import Bus
from shared.db import Database
from shared.identity import Signer, Verifier
from shared.keys import KeyRing
from shared.mail_seal import MailSeal
from shared.measures import house_measures
from shared.peers import Peers
from shared.relay import Relay
from shared.sender import Sender
from shared.service import Service, Worker, create_api

NAME = "auth"
ISSUER = "heed-auth"


def create_service(settings: AuthSettings, *, peers: Peers, bus: Bus | None = None) -> Service:
    """`peers` is taken as by every service and not used: auth asks nobody."""
    db = Database(settings.database_url.get_secret_value(), name=NAME, pool_size=10)
    worker_db = Database(settings.worker_database_url.get_secret_value(), name=f"{NAME}-worker", pool_size=2)
    keys = KeyRing(db, purpose="token", wrap_secret=settings.key_secret)
    seals = KeyRing(db, purpose="checkpoint", wrap_secret=settings.key_secret)
    signer = Signer(issuer=ISSUER, keys=keys)

    async def own_keys() -> dict[str, object]:
        return signer.jwks()

    api = create_api(
        NAME,
        routers=(sessions.router, own.router, people.router, absence.router, staff_file.router, internal.router),
        verifier=Verifier(issuer=ISSUER, audience=NAME, fetch_jwks=own_keys),
        checks={"database": db.ready, **({"bus": bus.ready} if bus else {})},
        settings=settings,
    )
    api.state.db = db
    api.state.signer = signer
    api.state.keys = keys
    api.state.sealing = Sealing(settings.key_secret)
    seal = api.state.mail_seal = MailSeal(settings.key_secret)
    workers: dict[str, Worker] = {}
    if bus is not None:
        relay = Relay(worker_url=settings.worker_database_url.get_secret_value(), bus=bus)
        db.on_publish(relay.wake)
        sender = Sender(worker_db=worker_db, settings=settings, addresses=OwnAddresses(db), seal=seal)
        db.on_mail(sender.wake)
        workers = {
            "relay": relay,
            "sender": sender,
            "links": LinkWorker(db, seal=seal),
            "calendar": Calendar(db),
            "sealer": Sealer(worker_db=worker_db, signer=seals, origin=f"heed/{NAME}"),
        }
    return Service(
        NAME,
        api,
        workers,
        on_start=(keys.load_or_create, seals.load_or_create, partial(refuse_demonstration, db, settings)),
        on_stop=(db.close, worker_db.close),
        measures=house_measures(NAME, worker_db=worker_db),
    )
