"""Alerting's table of contents."""

from services.alerting.escalator import Escalator
from services.alerting.handlers import CONSUMER, HANDLERS, TOGETHER, TOPICS
from services.alerting.queries.unread import unread_by_age
from services.alerting.routes import alerts, choices, duties, escalation, figures, internal, notices, rules, webhooks
from services.alerting.settings import AlertingSettings
from services.alerting.vouchers import ISSUER
from services.alerting.webhook_post import Poster
from services.alerting.webhook_sender import WebhookSender
from shared import audit_routes
from shared.addresses import AddressBook
from shared.audit_seal import Sealer
from shared.bus.api import Bus
from shared.bus.runner import Runner
from shared.db import Database
from shared.identity import Signer, Verifier
from shared.keys import KeyRing
from shared.measures import house_measures
from shared.peers import Peers, ServiceTokens, jwks_of
from shared.relay import Relay
from shared.sender import Sender
from shared.service import Service, Worker, create_api

NAME = "alerting"
ROUTERS = (
    alerts.router,
    duties.router,
    notices.router,
    choices.router,
    rules.router,
    rules.foreseeing,
    escalation.router,
    webhooks.router,
    figures.router,
    internal.router,
)


def create_service(settings: AlertingSettings, *, peers: Peers, bus: Bus | None = None) -> Service:
    db = Database(settings.database_url.get_secret_value(), name=NAME, pool_size=10)
    worker_db = Database(settings.worker_database_url.get_secret_value(), name=f"{NAME}-worker", pool_size=5)
    vouchers = KeyRing(db, purpose="voucher", wrap_secret=settings.key_secret)
    seals = KeyRing(db, purpose="checkpoint", wrap_secret=settings.key_secret)
    api = create_api(
        NAME,
        routers=(*ROUTERS, audit_routes.router),
        verifier=Verifier(issuer="heed-auth", audience=NAME, fetch_jwks=jwks_of(peers, "auth")),
        checks={"database": db.ready, **({"bus": bus.ready} if bus else {})},
        settings=settings,
    )
    api.state.db = db
    api.state.signer = Signer(issuer=ISSUER, keys=vouchers)
    workers: dict[str, Worker] = {}
    if bus is not None:
        relay = Relay(worker_url=settings.worker_database_url.get_secret_value(), bus=bus)
        db.on_publish(relay.wake)
        tokens = ServiceTokens(peers, name=NAME, secret=settings.service_secret.get_secret_value())
        sender = Sender(worker_db=worker_db, settings=settings, addresses=AddressBook(peers, tokens))
        db.on_mail(sender.wake)
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
            "sender": sender,
            "escalator": Escalator(db),
            "webhooks": WebhookSender(
                db, key_secret=settings.key_secret, poster=Poster(anywhere=settings.webhooks_may_go_anywhere)
            ),
            "sealer": Sealer(worker_db=worker_db, signer=seals, origin=f"heed/{NAME}"),
        }
    house = house_measures(NAME, worker_db=worker_db, bus=bus, consumer=CONSUMER)
    return Service(
        NAME,
        api,
        workers,
        on_start=(vouchers.load_or_create, seals.load_or_create),
        on_stop=(db.close, worker_db.close),
        measures={**house, "unread alerts": unread_by_age(db)},
    )
