"""What can be counted from outside: `GET /metrics`, in Prometheus' text format. Never a name or an id."""

from prometheus_client import Counter, Gauge, Histogram

REJECTED = Counter(
    "touchpoint_rejected_requests",
    "Requests answered 401: signature or token bad, stale or missing. The only trace that they leave.",
    ["platform"],
)
"""`REJECTED.labels("slack").inc()`; exported as `touchpoint_rejected_requests_total{platform="slack"}`."""

SILENT = Gauge("touchpoint_sources_failing", "Sources of threats that could not be read the last time.")

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
