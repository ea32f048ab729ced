"""What can be counted from outside: `GET /metrics`, in Prometheus' text format. Never a name or an id."""

from prometheus_client import Counter, Gauge, Histogram

REJECTED = Counter(
    "touchpoint_rejected_requests",
    "Requests answered 401: signature or token bad, stale or missing. The only trace that they leave.",
    ["platform"],
)
"""`REJECTED.labels("slack").inc()`; exported as `touchpoint_rejected_requests_total{platform="slack"}`."""

SILENT = Gauge("touchpoint_sources_failing", "Sources of threats that could not be read the last time.")

IGNORED = Counter(
    "touchpoint_ignored",
    "What a platform delivered that we know nothing of, by its type: acknowledged, and left at that.",
    ["platform", "type"],
)
_MOST_TYPES = 50
_types: set[tuple[str, str]] = set()


def ignored(platform: str, kind: object) -> None:
    """Counts it by its type; the types after the first 50 together, because what comes in could name any number."""
    named = (platform, kind if isinstance(kind, str) and 0 < len(kind) <= 60 else "none")
    if len(_types) < _MOST_TYPES:
        _types.add(named)
    IGNORED.labels(*(named if named in _types else (platform, "other"))).inc()


CONNECTIONS = Gauge(
    "touchpoint_socket_connections",
    "Connections that we hold open for a platform to deliver over, by state: up, down.",
    ["platform", "state"],
)
REPLACED = Counter(
    "touchpoint_socket_replacements",
    "Of those, how many were replaced: refresh (announced by the platform), silent (no pong), closed.",
    ["platform", "reason"],
)

ANSWERED = Histogram(
    "touchpoint_request_seconds",
    "How long a platform waited for our answer.",
    ["platform", "status"],
    buckets=(
        0.002,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1.0,
        3.0,
    ),  # a platform gives up after 3 s (Slack) to 15 s
)
