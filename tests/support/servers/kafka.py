"""A real Apache Kafka broker (KRaft, one node) from Maven, or librdkafka's mock cluster where Maven is out of reach."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.support.servers.base import MissingProgramError, Server, cached, free_port, run

_POM = Path(__file__).with_name("kafka.xml")
_SETTINGS = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
num.partitions=4
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
"""
_LOG = "rootLogger.level=warn\nrootLogger.appenderRef.o.ref=o\nappender.o.type=Console\nappender.o.name=o\nappender.o.layout.type=PatternLayout\n"


class Kafka(Server):
    """A broker that keeps what it acknowledged, also when it is killed."""

    name = "Kafka"
    version = "Apache Kafka 4.1.0"

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def prepare(self) -> None:
        controller = next(port for port in iter(free_port, None) if port != self.port)  # nobody listens on that one yet
        settings = _SETTINGS.format(port=self.port, controller=controller, folder=self.folder)
        (self.folder / "server.properties").write_text(settings)
        (self.folder / "log4j2.properties").write_text(_LOG)
        identity = "Zml0LW1vbml0b3ItdGVzdA"  # any 16 bytes in base64
        run([*self._java(), "kafka.tools.StorageTool", "format", "-t", identity, "-c", self._file()])

    def command(self) -> Sequence[str]:
        return [*self._java(), "kafka.Kafka", self._file()]

    def answers(self) -> bool:
        try:
            return bool(
                AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0}).list_topics(timeout=1).brokers
            )
        except KafkaException:
            return False

    def _java(self) -> list[str]:
        heap = ["-Xmx384m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        log = f"-Dlog4j2.configurationFile={self.folder}/log4j2.properties"
        return ["java", *heap, "-cp", f"{_jars()}/libs/*", log]

    def _file(self) -> str:
        return str(self.folder / "server.properties")


class MockKafka(Server):
    """librdkafka's mock cluster in a process of its own. It forgets everything when it ends, and makes topics by itself."""

    name = "Kafka"
    version = "librdkafka's mock cluster"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bootstrap = ""

    def command(self) -> Sequence[str]:
        return [sys.executable, "-m", "tests.support.servers.mock_broker", str(self.folder / "bootstrap")]

    def answers(self) -> bool:
        file = self.folder / "bootstrap"
        self.bootstrap = file.read_text() if file.exists() else ""
        return bool(self.bootstrap)


def a_broker(folder: Path) -> Kafka | MockKafka:
    """A broker that is not started yet: the real one where it can be had."""
    if os.environ.get("FIT_TEST_KAFKA") == "mock":
        return MockKafka(folder)
    try:
        _jars()
    except MissingProgramError:
        return MockKafka(folder)
    return Kafka(folder)


def _jars() -> Path:
    def fetch(folder: Path) -> None:
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}/libs"]
        run(["mvn", "-q", "-B", "-f", str(_POM), *goal])

    return cached("kafka-4.1.0", fetch)
