"""Real MySQL from Debian's newest suite, or MariaDB of the machine's own suite where that cannot be had."""

import functools
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymysql

from tests.support.servers.base import MissingProgramError, Server, cached, free_port, run, unpack_debian, wait_until

_USER = ("--user=root",) if os.getuid() == 0 else ()
_COMMON = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--innodb-buffer-pool-size=128M",
    "--performance-schema=OFF",
    "--max-connections=200",
    "--sql-mode=ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO",
)


class MySql(Server):
    """A database server. ``durable``: commits survive a power cut and are in the binary log, as in production.

    Otherwise a commit survives ``kill -9``, not a power cut, and is a good deal faster.
    """

    name = "MySQL"

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        super().__init__(folder)
        self.durable = durable

    @functools.cached_property
    def version(self) -> str:
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT @@version")
            return str(cursor.fetchone()[0])

    def prepare(self) -> None:
        shutil.copytree(_programs() / "template", self.folder / "data")

    def command(self) -> Sequence[str]:
        flush = 1 if self.durable else 2
        log = ("--log-bin=binlog", "--server-id=1", "--sync-binlog=1") if self.durable else ("--skip-log-bin",)
        return [
            *_start(_programs()),
            *_COMMON,
            f"--datadir={self.folder}/data",
            f"--socket={self.folder}/s",
            f"--pid-file={self.folder}/pid",
            f"--port={self.port}",
            f"--innodb-flush-log-at-trx-commit={flush}",
            *log,
        ]

    def answers(self) -> bool:
        try:
            with self._connected():
                return True
        except pymysql.err.OperationalError:
            return False

    def create(self, database: str) -> str:
        """Make an empty database; its URL."""
        self.execute(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        return self.url(database)

    def clone(self, source: str, database: str) -> None:
        """Make a database with the tables and rows of another."""
        self.create(database)
        tables = self._tables(source)
        with self._connected() as connection, connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"CREATE TABLE `{database}`.`{table}` LIKE `{source}`.`{table}`")
        self.refill(source, database)

    def refill(self, source: str, database: str) -> None:
        """Give a database that was cloned the rows of its source again; a good deal faster than another clone.

        One whose tables a test has changed is cloned anew.
        """
        tables = self._tables(source)
        if self._tables(database) != tables:
            self.drop(database)
            self.clone(source, database)
            return
        with self._connected() as connection, connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"DELETE FROM `{database}`.`{table}`")
                cursor.execute(f"INSERT INTO `{database}`.`{table}` SELECT * FROM `{source}`.`{table}`")
            connection.commit()

    def drop(self, database: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS `{database}`")

    def execute(self, sql: str) -> None:
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(sql)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of an answer."""
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def cut(self, database: str) -> None:
        """End every connection to a database, as a server does that is started anew."""
        wanted = f"SELECT id FROM information_schema.processlist WHERE db = '{database}'"
        for (number,) in self.ask(wanted):
            self.execute(f"KILL {number}")
        wait_until(lambda: not self.ask(wanted), f"connections to {database} stay")

    def is_waiting(self) -> bool:
        """Whether any transaction waits for a row's lock."""
        return self.ask("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")[0][1] != "0"

    def url(self, database: str) -> str:
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/{database}?ssl_disabled=true"

    def _tables(self, database: str) -> list[str]:
        """In a connection of its own: what it looked at stays locked against DROP until its end."""
        with self._connected() as connection, connection.cursor() as cursor:
            cursor.execute(f"SHOW TABLES FROM `{database}`")
            return [row[0] for row in cursor.fetchall()]

    def _connected(self) -> pymysql.Connection:
        return pymysql.connect(host="127.0.0.1", port=self.port, user="root", connect_timeout=5, ssl_disabled=True)


def _start(programs: Path) -> list[str]:
    """The server with what follows from where it lies."""
    if (programs / "bin" / "mysqld").exists():
        share = next(programs.glob("root/usr/share/**/english/errmsg.sys")).parents[1]
        plugins = next(programs.glob("root/usr/lib/**/component_validate_password.so")).parent
        own = [f"--lc-messages-dir={share}", f"--plugin-dir={plugins}", "--secure-file-priv=", "--mysqlx=OFF"]
        return [str(programs / "bin" / "mysqld"), "--no-defaults", *_USER, *own]
    share = programs / "root" / "usr" / "share" / "mysql"
    own = [f"--lc-messages-dir={share}", f"--character-sets-dir={share}/charsets", f"--basedir={programs}/root/usr"]
    return [str(programs / "bin" / "mariadbd"), "--no-defaults", *_USER, *own]


@functools.cache
def _programs() -> Path:
    """MySQL with an initialised data folder beside it; MariaDB when MySQL cannot be had, or ``FIT_TEST_DB`` says so.

    Raises:
        MissingProgramError: neither can.
    """
    if os.environ.get("FIT_TEST_DB") == "mariadb":
        return cached("mariadb", _get_mariadb)
    try:
        return cached("mysql", _get_mysql)
    except MissingProgramError:
        return cached("mariadb", _get_mariadb)


def _get_mysql(folder: Path) -> None:
    unpack_debian(folder, suite="sid", packages="mysql-server-core", programs="mysqld")
    init = folder / "init.sql"
    init.write_text("CREATE USER root@'127.0.0.1'; GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n")
    making = ["--initialize-insecure", f"--init-file={init}", "--innodb-redo-log-capacity=16M", "--skip-log-bin"]
    run([*_start(folder), f"--datadir={folder}/template", *making])


def _get_mariadb(folder: Path) -> None:
    unpack_debian(folder, suite="this", packages="mariadb-server-core", programs="mariadbd")
    share = folder / "root" / "usr" / "share" / "mysql"
    names = ("mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data", "fill_help_tables")
    grant = (
        "INSERT INTO global_priv VALUES ('127.0.0.1','root','{\"access\":18446744073709551615}')"
        " ON DUPLICATE KEY UPDATE Priv=VALUES(Priv);\n"
    )
    sql = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n" + "".join(
        (share / f"{name}.sql").read_text() for name in names
    )
    (folder / "template").mkdir()
    making = ["--bootstrap", f"--datadir={folder}/template", f"--port={free_port()}", "--innodb-log-file-size=16M"]
    run([*_start(folder), *making], stdin=(sql + grant).encode())
