"""The incident service's table of contents."""

from services.incident.draft_sweeper import DraftSweeper
from services.incident.handlers import CONSUMER, HANDLERS, TOGETHER, TOPICS
from services.incident.routes import ROUTERS
from services.incident.settings import IncidentSettings
from services.incident.tidying import Tidier
from services.incident.vouchers import ISSUER
from shared import audit_routes
from shared.audit_seal import Sealer
from shared.bus.api import Bus
from shared.bus.runner import Runner
from shared.db import Database
from shared.identity import Verifier
from shared.keys import KeyRing
from shared.measures import house_measures
from shared.peers import Peers, jwks_of
from shared.relay import Relay
from shared.service import Service, Worker, create_api

NAME = "incident"


def create_service(settings: IncidentSettings, *, peers: Peers, bus: Bus | None = None) -> Service:
    db = Database(settings.database_url.get_secret_value(), name=NAME, pool_size=10)
    worker_db = Database(settings.worker_database_url.get_secret_value(), name=f"{NAME}-worker", pool_size=3)
    seals = KeyRing(db, purpose="checkpoint", wrap_secret=settings.key_secret)
    api = create_api(
        NAME,
        routers=(*ROUTERS, audit_routes.router),
        verifier=Verifier(issuer="heed-auth", audience=NAME, fetch_jwks=jwks_of(peers, "auth")),
        checks={"database": db.ready, **({"bus": bus.ready} if bus else {})},
        settings=settings,
    )
    api.state.db = db
    api.state.vouchers = Verifier(issuer=ISSUER, audience=NAME, fetch_jwks=jwks_of(peers, "alerting"))
    workers: dict[str, Worker] = {}
    if bus is not None:
        relay = Relay(worker_url=settings.worker_database_url.get_secret_value(), bus=bus)
        db.on_publish(relay.wake)
        workers = {
            "relay": relay,
            "consumer": Runner(
                consumer=CONSUMER,
                bus=bus,
                db=db,
                worker_db=worker_db,
                handlers=HANDLERS,
                topics=TOPICS,
                together=TOGETHER,
            ),
            "tidier": Tidier(db),
            "sweeper": DraftSweeper(db),
            "sealer": Sealer(worker_db=worker_db, signer=seals, origin=f"heed/{NAME}"),
        }
    return Service(
        NAME,
        api,
        workers,
        on_start=(seals.load_or_create,),
        on_stop=(db.close, worker_db.close),
        measures=house_measures(NAME, worker_db=worker_db, bus=bus, consumer=CONSUMER),
    )
