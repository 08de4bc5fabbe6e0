-- SPDX-License-Identifier: Apache-2.0
-- What came of running an answer again; the newest row of a run counts.
CREATE TABLE replays(
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  made_ms INTEGER NOT NULL,
  identical INTEGER NOT NULL,
  compared INTEGER NOT NULL,                -- answer tokens that were equal
  position INTEGER NOT NULL DEFAULT -1,     -- answer token that differs, from 0; -1: none
  was_id INTEGER NOT NULL DEFAULT -1,
  was_text TEXT NOT NULL DEFAULT '',
  now_id INTEGER NOT NULL DEFAULT -1,
  now_text TEXT NOT NULL DEFAULT '',
  causes TEXT NOT NULL DEFAULT '',          -- one a line
  build_id TEXT NOT NULL DEFAULT ''
);
CREATE INDEX replays_by_run ON replays(run, made_ms);
