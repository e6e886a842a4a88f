"""Real servers for tests, benchmarks and campaigns: MySQL (or MariaDB), Kafka, Redis, and moto's stand-in for S3.

Programs are had once, without root, and kept in ``~/.cache/fit-monitor``. :mod:`tests.support.servers.shared` starts
each at most once in a test run; whoever wants to kill a server starts one of its own.
"""
