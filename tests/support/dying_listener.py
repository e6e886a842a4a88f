"""A process that dies between a message's effect and its offset: ``python -m tests.support.dying_listener URL SERVERS PREFIX``."""

import os
import sys

from cloud_api.common.database import Database
from cloud_api.common.intake import Intake
from cloud_api.common.kafka_place import KafkaPlace
from cloud_api.common.listening import Listener
from tests.support.event_world import SWIFT, Taker


class _DyingIntake(Intake):
    def take(self, events):
        super().take(events)
        os.kill(os.getpid(), 9)


if __name__ == "__main__":
    url, servers, prefix = sys.argv[1:]
    intake = _DyingIntake(Database(url), Taker().consumer)
    Listener(KafkaPlace(servers, prefix), intake, options=SWIFT)._work()
