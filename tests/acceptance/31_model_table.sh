#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Model table of README, made from the results
. tests/acceptance/common.sh
part "README holds what the results say; every architecture and every recorded checkpoint has one"
show python3 tests/model_table/model_table.py --check
part "the results are those of this build"
show python3 tests/model_table/model_table.py --compare $cli
finish
