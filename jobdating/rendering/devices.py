"""Says which device a session is on, well enough for its owner to know it. Trusts nothing in it."""

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_name(agent: str) -> str:
    """ "Firefox, Android"; what the browser calls itself, cut short, when we do not know it."""
    return known_device(agent) or agent[:40]


def known_device(agent: str) -> str:
    """The same in our words alone, for mails: "" when we do not know it."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found))
