"""Codes of an authenticator app (RFC 6238). Pure."""

import hmac
from datetime import datetime
from typing import Final

import pyotp
import segno

TOTP_SECONDS: Final = 30
TOTP_DRIFT: Final = 1


def new_totp_secret() -> str:
    return pyotp.random_base32(32)


def otpauth_uri(secret: str, *, email: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Heed")


def qr_svg(uri: str) -> str:
    """The address as a picture for a phone's camera: an SVG without script or style, to be put into a page."""
    return segno.make(uri, error="m").svg_inline(scale=4, svgclass=None, lineclass=None, title="QR code")


def totp_step(secret: str, code: str, *, now: datetime) -> int | None:
    """The 30-second step whose code this is, one step early or late allowed; None when it is no code of now."""
    present = int(now.timestamp()) // TOTP_SECONDS
    generator = pyotp.TOTP(secret)
    given = "".join(code.split()).encode()
    found = None
    # All steps are compared, so that the time taken does not say which of them it was.
    for step in range(present - TOTP_DRIFT, present + TOTP_DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step).encode(), given):
            found = step
    return found
