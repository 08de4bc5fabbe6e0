-- SPDX-License-Identifier: Apache-2.0
-- Sessions, their branch trees of messages, and the runs that answered. Times are milliseconds since 1970 (UTC).
CREATE TABLE sessions(
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL DEFAULT 'chat',
  system_prompt TEXT NOT NULL DEFAULT '',
  notes TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '',            -- one a line
  current_message INTEGER,                  -- the last message of the branch being read
  layout BLOB,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  deleted_ms INTEGER                        -- in the bin since then
);
CREATE INDEX sessions_by_time ON sessions(modified_ms);

CREATE TABLE runs(
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  model_path TEXT NOT NULL,
  model_name TEXT NOT NULL,
  weight_summary TEXT NOT NULL,
  model_sha256 TEXT NOT NULL,               -- '' until it is known: then size and time stand for it
  model_bytes INTEGER NOT NULL,
  model_mtime_ms INTEGER NOT NULL,
  instruction_set TEXT NOT NULL,
  device TEXT NOT NULL,
  precision TEXT NOT NULL,
  kv_dtype TEXT NOT NULL,
  threads INTEGER NOT NULL,
  sampler TEXT NOT NULL,                    -- JSON
  seed INTEGER NOT NULL,                    -- unsigned 64 bits, stored as signed
  build_id TEXT NOT NULL,
  engine_version TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  finished_ms INTEGER,
  outcome TEXT NOT NULL DEFAULT 'running',  -- running, done, cancelled, failed, interrupted
  stop_reason TEXT NOT NULL DEFAULT '',
  error TEXT NOT NULL DEFAULT '',
  prompt_tokens INTEGER NOT NULL DEFAULT 0,
  answer_tokens INTEGER NOT NULL DEFAULT 0,
  ttft_ms REAL,
  prompt_tokens_per_s REAL,
  tokens_per_s REAL,
  kv_bytes INTEGER NOT NULL DEFAULT 0,
  capture_bytes INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX runs_by_session ON runs(session);

CREATE TABLE messages(
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  parent INTEGER REFERENCES messages(id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  text TEXT NOT NULL,
  prefix TEXT NOT NULL DEFAULT '',          -- the part of an answer that its run was given; text = prefix + the run's tokens
  tokens BLOB,                              -- rendered ids, 32-bit little endian
  run INTEGER REFERENCES runs(id) ON DELETE SET NULL,
  complete INTEGER NOT NULL DEFAULT 1,
  selected_child INTEGER,
  created_ms INTEGER NOT NULL
);
CREATE INDEX messages_by_session ON messages(session);
CREATE INDEX messages_by_parent ON messages(parent);
CREATE INDEX messages_by_run ON messages(run);

CREATE TABLE commands(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY(run, ordinal)
);

-- Tokens and events of a run share one count of ordinals: the order in which they happened.
CREATE TABLE tokens(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  job INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  position INTEGER NOT NULL,
  step INTEGER NOT NULL,
  prompt INTEGER NOT NULL,
  id INTEGER NOT NULL,
  text TEXT NOT NULL,
  logprob REAL,
  entropy REAL,
  rank INTEGER NOT NULL,
  top BLOB,                                 -- records of i32 id, f32 logprob, little endian
  rest_mass REAL,
  sampled_probability REAL,
  stages BLOB,                              -- records of i32 stage, entered, kept; f64 removed mass, entropy before, after
  elapsed_ms REAL,
  PRIMARY KEY(run, ordinal)
);

CREATE TABLE events(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  type TEXT NOT NULL,
  json TEXT NOT NULL,
  PRIMARY KEY(run, ordinal)
);

CREATE TABLE pinned_views(
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  panel TEXT NOT NULL,
  title TEXT NOT NULL,
  view TEXT NOT NULL,                       -- JSON of the panel
  created_ms INTEGER NOT NULL
);
CREATE INDEX pinned_views_by_session ON pinned_views(session);

CREATE TABLE blobs(
  hash TEXT PRIMARY KEY,                    -- SHA-256 of the bytes
  bytes BLOB NOT NULL
);
CREATE TABLE blob_uses(
  session INTEGER NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  hash TEXT NOT NULL REFERENCES blobs(hash),
  PRIMARY KEY(session, hash)
);
CREATE INDEX blob_uses_by_hash ON blob_uses(hash);

CREATE VIRTUAL TABLE message_search USING fts5(text, content='messages', content_rowid='id', tokenize='trigram');
CREATE TRIGGER messages_insert AFTER INSERT ON messages BEGIN
  INSERT INTO message_search(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_delete AFTER DELETE ON messages BEGIN
  INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_update AFTER UPDATE OF text ON messages BEGIN
  INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO message_search(rowid, text) VALUES (new.id, new.text);
END;

CREATE VIRTUAL TABLE session_search USING fts5(title, notes, tags, content='sessions', content_rowid='id', tokenize='trigram');
CREATE TRIGGER sessions_insert AFTER INSERT ON sessions BEGIN
  INSERT INTO session_search(rowid, title, notes, tags) VALUES (new.id, new.title, new.notes, new.tags);
END;
CREATE TRIGGER sessions_delete AFTER DELETE ON sessions BEGIN
  INSERT INTO session_search(session_search, rowid, title, notes, tags) VALUES ('delete', old.id, old.title, old.notes, old.tags);
END;
CREATE TRIGGER sessions_update AFTER UPDATE OF title, notes, tags ON sessions BEGIN
  INSERT INTO session_search(session_search, rowid, title, notes, tags) VALUES ('delete', old.id, old.title, old.notes, old.tags);
  INSERT INTO session_search(rowid, title, notes, tags) VALUES (new.id, new.title, new.notes, new.tags);
END;
