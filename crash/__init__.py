"""What a process that dies costs: `make crash` kills Touchpoint over and over while it sends, and counts what became of it all.

`touchpoint serve` runs as it is, only with shorter leases (`crash/replica.py`), and Slack is the test suite's double in a
process of its own, which fails by chance. Nothing leaves loopback. `docs/crash.md` says what each figure means.
"""
