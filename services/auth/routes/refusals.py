"""How a sign-in is refused: by whatever way somebody tried, and whatever was wrong, in one and the same manner."""

from shared.errors import Problem


class SignInRefused(Problem):
    """The same for what fits nobody, whether or not anyone has that address, that passkey or that account."""

    status = 401
    code = "sign-in-refused"
    title = "That did not work"


def wrong_password() -> SignInRefused:
    return SignInRefused("The e-mail address or the password does not fit. Check both and try again.")


def no_such_way() -> SignInRefused:
    """For a passkey, and for an account with a provider."""
    return SignInRefused("This does not open Heed. Sign in with your e-mail address and your password.")
