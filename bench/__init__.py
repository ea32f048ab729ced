"""How fast Touchpoint is, beside a bare Bolt app on the same machine in the same minutes: `make bench`.

Nothing here asserts and nothing here is tuned for the measurement: `touchpoint serve` runs as an admin runs it, and the load
arrives signed, over HTTP, from a process of its own. `docs/benchmarks.md` says what each figure means.
"""
