/* people.h: invented patients in any number, for the benchmarks
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

WattleRecord *bench_person (GRand *rand);

G_END_DECLS
