"""The web addresses that an admin writes, and what to do about one that does not do."""

from urllib.parse import urlsplit


def whole(value: str) -> str:
    """The same, with its scheme and its host; http does where a proxy or a test stands there. Raises `ValueError`."""
    if not _is_http(value):
        raise ValueError("write a whole address that begins with https://")
    return value


def proxy(value: str) -> str:
    """The same. Raises `ValueError`, which never shows it: it may hold a password."""
    if not _is_http(value):
        raise ValueError("write the proxy's address, such as http://proxy.example.com:3128")
    return value


def _is_http(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def https(value: str) -> str:
    """The same. Raises `ValueError`."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f'"{value}" is no https address')
    return value


def base(value: str) -> str:
    """The same, to which paths are added. Raises `ValueError`."""
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError("write the https address that Slack and Teams call, such as https://touchpoint.example.com")
    if parts.query or parts.fragment or parts.path.endswith(("/slack/events", "/api/messages")):
        raise ValueError("give the address without /slack/events, /api/messages, ? or #; the paths are added to it")
    return value.rstrip("/")
