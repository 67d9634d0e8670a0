"""What kind of browser somebody signs in with, in words they know it by; what it says of itself goes no further."""

from typing import Final

# The first that is found: most browsers say that they are several others as well.
BROWSERS: Final = (
    ("edg", "Edge"),
    ("opr", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
)
SYSTEMS: Final = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("cros", "ChromeOS"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """ "Firefox on Windows"; "a program" for what is no browser."""
    said = user_agent.casefold()
    browser = next((name for mark, name in BROWSERS if mark in said), None)
    system = next((name for mark, name in SYSTEMS if mark in said), None)
    if browser is None:
        return "a program"
    return f"{browser} on {system}" if system else browser
