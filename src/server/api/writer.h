/* writer.h: the one thread that writes: what waits together is committed together
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

typedef struct _WattleWriter WattleWriter;

/**
 * WattleWriterRun:
 * @transaction: the write transaction, in a savepoint of this job
 * @data: of the job
 * @error: why nothing of this job is to be kept
 *
 * Runs on the writing thread. %FALSE undoes what this job did, and nothing else.
 */
typedef gboolean (*WattleWriterRun) (WattleTransaction *transaction, gpointer data, GError **error);

/**
 * WattleWriterDone:
 * @data: of the job
 * @error: (nullable): %NULL once the job is on the disk
 *
 * Runs on the writing thread, after the commit: the place for an answer.
 */
typedef void (*WattleWriterDone) (gpointer data, const GError *error);

/* Called after each commit that changed records, with the new head. */
typedef void (*WattleWriterMoved) (gint64 head, gpointer data);

WattleWriter *wattle_writer_new (WattleStore *store, WattleWriterMoved moved, gpointer moved_data);
void wattle_writer_free (WattleWriter *self);
void wattle_writer_submit (WattleWriter *self, WattleWriterRun run, WattleWriterDone done, gpointer data);
gboolean wattle_writer_run (WattleWriter *self, WattleWriterRun run, gpointer data, GError **error);
guint wattle_writer_waiting (WattleWriter *self);

G_END_DECLS
