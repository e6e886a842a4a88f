"""The kiosk's SQL as data: PRAGMAs, schema, and every statement a promise rests on.

Nothing here needs Python's sqlite3, so that a crash test can run the very same text through another driver. Parameters
are named. Instants are microseconds since 1970 (UTC), ids 16 bytes.
"""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit is on the disk before the light turns green
    "PRAGMA secure_delete = ON",  # an erased member leaves no bytes behind
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 2000",  # another process (a backup) may look in; threads of ours queue at a lock
    "PRAGMA journal_size_limit = 4194304",
)
"""For each connection. ``journal_mode`` stays with the file, the rest does not."""

BEGIN_READ = "BEGIN"
BEGIN_WRITE = "BEGIN IMMEDIATE"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"

EVENTS_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE stream (
             id BLOB PRIMARY KEY,
             next_number INTEGER NOT NULL,
             is_current INTEGER NOT NULL
           )""",
        "CREATE UNIQUE INDEX one_current_stream ON stream (is_current) WHERE is_current",
        # `body` is the EventRecord as JSON; the columns beside it are those that the next decision asks for.
        """CREATE TABLE event (
             seq INTEGER PRIMARY KEY,
             id BLOB NOT NULL UNIQUE,
             stream_id BLOB NOT NULL REFERENCES stream (id),
             number INTEGER NOT NULL,
             kind TEXT NOT NULL,
             direction TEXT NOT NULL,
             outcome TEXT,
             reopened INTEGER NOT NULL,
             lookup BLOB,
             code_at INTEGER,
             member_id BLOB,
             membership_id BLOB,
             refers_to BLOB,
             door_at INTEGER NOT NULL,
             body TEXT NOT NULL,
             UNIQUE (stream_id, number)
           )""",
        """CREATE UNIQUE INDEX replay_mark ON event (lookup, code_at)
             WHERE code_at IS NOT NULL AND outcome = 'granted' AND direction = 'entry'""",
        "CREATE INDEX event_of_pass ON event (lookup, seq) WHERE outcome = 'granted'",
        "CREATE INDEX event_of_membership ON event (membership_id) WHERE membership_id IS NOT NULL",
        "CREATE INDEX void_of_event ON event (refers_to) WHERE refers_to IS NOT NULL",
        """CREATE TRIGGER events_are_facts BEFORE UPDATE ON event
             BEGIN SELECT RAISE (ABORT, 'an event never changes'); END""",
        # What became of an event is kept apart from it. `first_acked_at` survives a "send everything again".
        """CREATE TABLE delivery (
             event_seq INTEGER PRIMARY KEY REFERENCES event (seq) ON DELETE CASCADE,
             acked_at INTEGER,
             first_acked_at INTEGER,
             status TEXT,
             flags TEXT
           )""",
        "CREATE INDEX unsent ON delivery (event_seq) WHERE acked_at IS NULL",
        "CREATE INDEX acked ON delivery (acked_at) WHERE acked_at IS NOT NULL",
        """CREATE TABLE quarantine (
             event_seq INTEGER PRIMARY KEY REFERENCES event (seq) ON DELETE CASCADE,
             tried_at INTEGER NOT NULL,
             why TEXT NOT NULL
           )""",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) WITHOUT ROWID",
    ),
)
"""Of ``events.db``. Entry N brings a file from ``user_version`` N to N + 1; entries are only ever added."""

ROSTER_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE roster_row (
             kind TEXT NOT NULL,
             key TEXT NOT NULL,
             version INTEGER NOT NULL,
             body TEXT NOT NULL,
             PRIMARY KEY (kind, key)
           ) WITHOUT ROWID""",
        # `synced_*`: when the cloud last confirmed this state, as door time and as boot clock.
        """CREATE TABLE roster_head (
             one INTEGER PRIMARY KEY CHECK (one = 1),
             epoch BLOB NOT NULL,
             version INTEGER NOT NULL,
             checksum TEXT NOT NULL,
             synced_at INTEGER NOT NULL,
             synced_boot_ns INTEGER NOT NULL,
             synced_boot_id TEXT NOT NULL
           )""",
    ),
)
"""Of a roster file. ``checksum`` is decimal text: it has 64 bits, SQLite's integers have 63 and a sign."""

# One commit of the door: these statements in this order between BEGIN_WRITE and COMMIT.
NEXT_NUMBER = "SELECT id, next_number FROM stream WHERE is_current"
INSERT_EVENT = """INSERT INTO event (id, stream_id, number, kind, direction, outcome, reopened, lookup, code_at,
  member_id, membership_id, refers_to, door_at, body)
  VALUES (:id, :stream_id, :number, :kind, :direction, :outcome, :reopened, :lookup, :code_at,
  :member_id, :membership_id, :refers_to, :door_at, :body)"""
INSERT_DELIVERY = "INSERT INTO delivery (event_seq) SELECT seq FROM event WHERE id = :id"
ADVANCE_STREAM = "UPDATE stream SET next_number = :number + 1 WHERE id = :stream_id"
# A time that rests on a server's replaces what was guessed before it; a guess only ever moves it forward.
KEEP_NEWEST = """INSERT INTO meta (key, value) VALUES ('newest_at', :door_at)
  ON CONFLICT (key) DO UPDATE SET value = CASE WHEN :trusted THEN excluded.value ELSE max(value, excluded.value) END"""

KNOWN_STREAM = "SELECT 1 FROM stream WHERE id = :id"
CLOSE_STREAM = "UPDATE stream SET is_current = 0 WHERE is_current"
OPEN_STREAM = """INSERT INTO stream (id, next_number, is_current) VALUES (:id, 1, 1)
  ON CONFLICT (id) DO UPDATE SET is_current = 1"""

GET_META = "SELECT value FROM meta WHERE key = :key"
SET_META = "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
ADD_META = """INSERT INTO meta (key, value) VALUES (:key, :by)
  ON CONFLICT (key) DO UPDATE SET value = value + excluded.value"""

# What the next decision asks.
NEWEST_GRANT = """SELECT id, door_at, reopened,
    EXISTS (SELECT 1 FROM event v WHERE v.refers_to = event.id AND v.kind = 'void') AS voided
  FROM event WHERE lookup = :lookup AND outcome = 'granted' AND direction = :direction ORDER BY seq DESC LIMIT 1"""
START_OF_VISIT = """SELECT door_at FROM event
  WHERE lookup = :lookup AND outcome = 'granted' AND direction = 'entry' AND NOT reopened ORDER BY seq DESC LIMIT 1"""
CODE_USE = """SELECT door_at FROM event
  WHERE lookup = :lookup AND code_at = :code_at AND outcome = 'granted' AND direction = 'entry'"""
OWN_GRANTS = """SELECT event.id, event.door_at FROM event JOIN delivery ON delivery.event_seq = event.seq
  WHERE membership_id = :membership_id AND outcome = 'granted' AND direction = 'entry'
    AND (delivery.first_acked_at IS NULL OR event.door_at >= :since)
    AND NOT EXISTS (SELECT 1 FROM event v WHERE v.refers_to = event.id AND v.kind = 'void')
  ORDER BY event.door_at"""

# What the upload asks and notes.
_WAITING = """delivery.acked_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.event_seq = delivery.event_seq)"""
WAITING = f"""SELECT event.seq, event.id, event.stream_id, event.body
  FROM delivery JOIN event ON event.seq = delivery.event_seq
  WHERE {_WAITING} ORDER BY delivery.event_seq LIMIT :limit"""  # noqa: S608  # constants only
QUARANTINED = """SELECT event.seq, event.id, event.stream_id, event.body
  FROM quarantine JOIN event ON event.seq = quarantine.event_seq
  WHERE quarantine.tried_at <= :tried_before ORDER BY quarantine.tried_at, event.seq LIMIT 1"""
ACKNOWLEDGE = """UPDATE delivery SET acked_at = :at, first_acked_at = coalesce(first_acked_at, :at),
    status = :status, flags = :flags
  WHERE event_seq = :seq"""
RELEASE = "DELETE FROM quarantine WHERE event_seq = :seq"
SET_ASIDE = """INSERT INTO quarantine (event_seq, tried_at, why) VALUES (:seq, :at, :why)
  ON CONFLICT (event_seq) DO UPDATE SET tried_at = excluded.tried_at, why = excluded.why"""
SEND_AGAIN = """UPDATE delivery SET acked_at = NULL WHERE acked_at IS NOT NULL AND event_seq IN (
    SELECT seq FROM event WHERE stream_id = :stream_id AND number BETWEEN :first AND :last)"""
SEND_ALL_AGAIN = "UPDATE delivery SET acked_at = NULL WHERE acked_at IS NOT NULL"
RELEASE_ALL = "DELETE FROM quarantine"
PRUNE = """DELETE FROM event WHERE seq IN (
    SELECT event_seq FROM delivery WHERE acked_at IS NOT NULL AND acked_at < :acked_before
    ORDER BY acked_at LIMIT :limit)"""
COUNT_UNSENT = "SELECT count(*) FROM delivery WHERE acked_at IS NULL"
OLDEST_UNSENT = """SELECT event.door_at FROM delivery JOIN event ON event.seq = delivery.event_seq
  WHERE delivery.acked_at IS NULL ORDER BY delivery.event_seq LIMIT 1"""
COUNT_QUARANTINED = "SELECT count(*) FROM quarantine"

# The roster: a delta is HEAD, then for each row FIND_ROW and PUT_ROW or DROP_ROW, then SET_HEAD, in one commit.
HEAD = "SELECT epoch, version, checksum, synced_at, synced_boot_ns, synced_boot_id FROM roster_head"
FIND_ROW = "SELECT version, body FROM roster_row WHERE kind = :kind AND key = :key"
ROWS_OF_KIND = "SELECT key, body FROM roster_row WHERE kind = :kind"
ALL_ROWS = "SELECT kind, key, version, body FROM roster_row"
INSERT_ROW = "INSERT INTO roster_row (kind, key, version, body) VALUES (:kind, :key, :version, :body)"
PUT_ROW = INSERT_ROW + " ON CONFLICT (kind, key) DO UPDATE SET version = excluded.version, body = excluded.body"
DROP_ROW = "DELETE FROM roster_row WHERE kind = :kind AND key = :key"
SET_HEAD = """INSERT INTO roster_head (one, epoch, version, checksum, synced_at, synced_boot_ns, synced_boot_id)
  VALUES (1, :epoch, :version, :checksum, :synced_at, :synced_boot_ns, :synced_boot_id)
  ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, version = excluded.version, checksum = excluded.checksum,
    synced_at = excluded.synced_at, synced_boot_ns = excluded.synced_boot_ns, synced_boot_id = excluded.synced_boot_id"""
FORGET_OLD_PAGES = "PRAGMA wal_checkpoint(TRUNCATE)"
"""After rows were dropped: the WAL still holds the pages they stood on."""
