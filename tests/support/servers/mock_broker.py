"""librdkafka's mock cluster as a program: writes where it listens into a file, and stays."""

import signal
import sys
from pathlib import Path

from confluent_kafka import Producer


def main() -> None:
    cluster = Producer({"test.mock.num.brokers": "1", "log_level": 0})
    brokers = cluster.list_topics(timeout=10).brokers.values()
    file = Path(sys.argv[1])
    draft = file.with_suffix(".part")
    draft.write_text(",".join(f"{broker.host}:{broker.port}" for broker in brokers))
    draft.rename(file)
    signal.pause()


if __name__ == "__main__":
    main()
