"""A page on the line, packed, and as long as nobody can foretell.

What is packed gets shorter where it repeats itself, and so its length can tell of a secret beside something that
another site made the page repeat (the attack called BREACH). Another site cannot have a page fetched with somebody's
session, for the cookies stay at home (SameSite); and each answer is made longer by some bytes that mean nothing, so
that one length says nothing.
"""

import gzip
import io
import secrets
import string

from fastapi import Request, Response

SHORTEST = 1_500
LEVEL = 5
MOST_NOISE = 120


def packed(request: Request, content: bytes, response: Response) -> Response:
    """The same answer, with its body packed where the browser takes that."""
    response.headers.append("Vary", "Accept-Encoding")
    if len(content) < SHORTEST or "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    response.body = _pack(content)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(response.body))
    return response


def _pack(content: bytes) -> bytes:
    # The name of a file that is none: browsers pass over it.
    noise = "".join(secrets.choice(string.ascii_letters) for _ in range(secrets.randbelow(MOST_NOISE)))
    written = io.BytesIO()
    with gzip.GzipFile(noise, "wb", LEVEL, written, mtime=0) as file:
        file.write(content)
    return written.getvalue()
