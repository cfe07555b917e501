/* retention.h: how long what is in a record is kept at least
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/record.h"

G_BEGIN_DECLS

/* The largest recording of a call that is kept, in bytes: some hours. */
#define WATTLE_RECORDING_MAX_BYTES (G_GINT64_CONSTANT (2) << 30)
#define WATTLE_RECORDING_MEDIA_TYPE "video/x-matroska"

gint64   wattle_retention_until (int           document_kind,
                                 gint64        date,
                                 WattleRecord *patient);
gboolean wattle_retention_holds (WattleRecord *document,
                                 gint64        today);

G_END_DECLS
