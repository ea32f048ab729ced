"""Who may talk to the playground: a page that this process served, in a browser on this machine. Nobody else.

Whoever reaches these endpoints sits on every chair, and there is no sign-in. So the listener is bound to 127.0.0.1,
and each request is judged again: another site's page can make this machine's browser send requests here (CSRF), or
point its own name at 127.0.0.1 (DNS rebinding, see https://fetch.spec.whatwg.org/#origin-header and the Host check
below), and a reverse proxy can carry strangers in.
"""

import ipaddress
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

log = structlog.get_logger(__name__)

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
HEADERS = {
    # Trusted Types make the browser itself refuse innerHTML: what somebody typed can never become markup.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def objection(request: web.BaseRequest) -> str | None:
    """Why this request is turned away, or nothing."""
    if not _is_loopback(request.remote):
        return "not from this machine"
    if any(name in request.headers for name in PROXY_HEADERS):
        return "through a proxy"
    host = request.headers.get("Host", "")
    if _name_of(f"//{host}") not in LOCAL_NAMES:
        return "foreign host"
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{host}":
        return "foreign origin"
    if request.path != "/" and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return "foreign page"  # "/" may be followed from a link anywhere: it shows this page and nothing else
    return None


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    reason = objection(request)
    if reason:
        log.warning("playground.turned_away", reason=reason)
        raise web.HTTPForbidden(text=f"The playground answers its own page on this machine only ({reason}).\n")
    if request.method == "POST" and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON.\n")
    return await handler(request)


async def harden(_request: web.Request, response: web.StreamResponse) -> None:
    """Set on every response, refusals and streams too (aiohttp's `on_response_prepare`)."""
    response.headers.update(HEADERS)


def _is_loopback(remote: str | None) -> bool:
    try:
        return ipaddress.ip_address(remote or "").is_loopback
    except ValueError:
        return False


def _name_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
