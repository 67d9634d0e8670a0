"""Unique pupil numbers that pass every check a school would make, under an authority number no one was ever given."""

# I, O and S are left out of the alphabet because they look like digits.
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
INVENTED_AUTHORITY = 899


def check_letter(body: str) -> str:
    """The first letter of a UPN: characters 2 to 13 weighted by their position, modulo 23 (DfE UPN guide)."""
    values = (int(c) if c.isdigit() else LETTERS.index(c) for c in body)
    return LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]


def make_upn(*, establishment: int, year: int, serial: int) -> str:
    body = f"{INVENTED_AUTHORITY:03d}{establishment:04d}{year % 100:02d}{serial:03d}"
    return check_letter(body) + body
