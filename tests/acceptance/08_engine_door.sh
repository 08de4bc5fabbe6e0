#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Engine door: commands in, events out, several lanes
. tests/acceptance/common.sh
part "submit, poll, wake-up; every job ends once; several lanes"
tests unit_run 'Engine.*:CommandJson.*'
part "cancel, replace, close from several threads"
tests threads 'EngineThreads.*'
part "the window never waits"
window window selecting_never_asks_the_engine closing_while_an_answer_is_written_ends_at_once events_come_in_few_batches every_job_can_be_cancelled
finish
