#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sampler panel: stages, sliders over the past answer
. tests/acceptance/common.sh
window sampler
finish
