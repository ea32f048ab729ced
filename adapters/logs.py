"""How the process logs: one line an event on stderr, JSON in production, readable on a terminal; ids only.

Contents stay out because nobody passes them in, and because the libraries that would (both platforms' SDKs print bodies
at debug level) are held at warnings. Secrets stay out because the last thing that happens to every line, ours or a
library's, traces included, is that `Blackout` strikes them through.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import structlog

if TYPE_CHECKING:
    from structlog.typing import Processor

    from adapters.settings import Settings

STRUCK = "[secret]"
SHORTEST = 4
"""A shorter secret is not looked for: it would strike through ordinary words. `doctor` warns of it."""

# What is secret whatever the settings say, by its shape: Slack's tokens, signed tokens (RFC 7519), a Slack response URL
# (anyone who has it can post for 30 minutes), and the password of any URL.
_SHAPES = (
    r"xox[a-z](?:\.xox[a-z])?-[\w-]{4,}",
    r"xapp-[\w-]{4,}",
    r"eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*",
    r"(?<=hooks\.slack\.com/)[\w/-]+",
    r"(?<=://)[^\s/@:\"']*:[^\s/@\"']+(?=@)",
)

LOUD_LIBRARIES = (
    "aiohttp",
    "alembic",
    "apscheduler",
    "asyncio",
    "botbuilder",
    "botframework",
    "msal",
    "msrest",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "urllib3",
)


class Blackout(logging.Formatter):
    """Renders a line with `inner`, then strikes every secret out of it: as it is, JSON-escaped, and percent-encoded."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        self._pattern = re.compile("|".join((*_spellings(secrets), *_SHAPES)))

    def format(self, record: logging.LogRecord) -> str:
        return self._pattern.sub(STRUCK, self._inner.format(record))


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Longest first, so that a secret that contains another goes whole."""
    written = {
        spelling
        for secret in secrets
        if len(secret) >= SHORTEST
        for spelling in (
            secret,
            json.dumps(secret)[1:-1],
            repr(secret)[1:-1],
            quote(secret, safe=""),
            quote_plus(secret),
        )
    }
    return [re.escape(spelling) for spelling in sorted(written, key=len, reverse=True)]


def configure(settings: "Settings") -> None:
    """Set logging up, for structlog and the standard library alike. Call it once, before anything logs."""
    on_a_terminal = sys.stderr.isatty()
    console = settings.log_format == "console" or (settings.log_format == "auto" and on_a_terminal)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Blackout(_formatter(console=console, colors=on_a_terminal), settings.secrets()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for library in LOUD_LIBRARIES:
        logging.getLogger(library).setLevel(max(root.level, logging.WARNING))
    logging.getLogger("aiohttp.access").disabled = True  # metrics count them
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _shared() -> "list[Processor]":
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(*, console: bool, colors: bool) -> logging.Formatter:
    ending: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]
        if console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(sort_keys=True)]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    )
