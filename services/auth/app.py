"""Auth's table of contents."""

from functools import partial

from services.auth.providers import Providers
from services.auth.routes import ROUTERS
from services.auth.sealing import Sealing
from services.auth.settings import AuthSettings
from services.auth.start import refuse_demonstration
from services.auth.working import workers_of
from shared import audit_routes
from shared.bus.api import Bus
from shared.db import Database
from shared.identity import Signer, Verifier
from shared.keys import KeyRing
from shared.mail_seal import MailSeal
from shared.measures import house_measures
from shared.peers import Peers
from shared.service import Service, create_api

NAME = "auth"
ISSUER = "heed-auth"


def create_service(settings: AuthSettings, *, peers: Peers, bus: Bus | None = None) -> Service:
    """`peers` is taken as by every service and not used: auth asks no other service."""
    db = Database(settings.database_url.get_secret_value(), name=NAME, pool_size=10)
    worker_db = Database(settings.worker_database_url.get_secret_value(), name=f"{NAME}-worker", pool_size=2)
    keys = KeyRing(db, purpose="token", wrap_secret=settings.key_secret)
    seals = KeyRing(db, purpose="checkpoint", wrap_secret=settings.key_secret)
    signer = Signer(issuer=ISSUER, keys=keys)

    async def own_keys() -> dict[str, object]:
        return signer.jwks()

    api = create_api(
        NAME,
        routers=(*ROUTERS, audit_routes.router),
        verifier=Verifier(issuer=ISSUER, audience=NAME, fetch_jwks=own_keys),
        checks={"database": db.ready, **({"bus": bus.ready} if bus else {})},
        settings=settings,
    )
    api.state.db = db
    api.state.signer = signer
    api.state.keys = keys
    api.state.sealing = Sealing(settings.key_secret)
    api.state.mail_seal = MailSeal(settings.key_secret)
    providers = api.state.providers = Providers(settings.oidc_providers, public_url=settings.public_url)
    at_work = partial(workers_of, settings, db=db, worker_db=worker_db, seals=seals, origin=f"heed/{NAME}")
    return Service(
        NAME,
        api,
        at_work(bus=bus) if bus else {},
        on_start=(keys.load_or_create, seals.load_or_create, partial(refuse_demonstration, db, settings)),
        on_stop=(db.close, worker_db.close, providers.close),
        measures=house_measures(NAME, worker_db=worker_db),
    )
