/* prescribing.h: who may prescribe
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

gboolean wattle_prescriber_check (WattleRecord *practitioner, GError **error);

G_END_DECLS
