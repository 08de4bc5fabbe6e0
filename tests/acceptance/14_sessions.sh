#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sessions: everything kept, found, replayed; at most 200 ms lost
. tests/acceptance/common.sh
part "everything saved as it happens, migrations, crash safety"
tests sessions 'SessionTest.*:HostileTest.*'
part "search, duplicate, compare, export in three formats"
tests sessions 'SearchTest.*:SearchTerms.*:CopyTest.*'
window sessions lists_and_searches compares_two deletes_and_brings_back opens_in_the_chat_and_keeps_notes
part "replay says identical or names the first differing token"
tests sessions 'ReplayTest.*:RealReplayTest.*'
part "pinned views, hash of the model"
window pinned_views
tests sessions 'SessionTest.NotesTagsLayoutPinsAndBlobsStay:SessionTest.RunRecordsHashesAndReplays'
finish
