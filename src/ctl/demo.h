/* demo.h: an invented practice, the same for the same seed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/**
 * WattleDemoOptions:
 * @patients: how many
 * @years: of past bookings
 * @practitioners: how many; 0 for as many as the patients keep busy
 * @seed: the same seed and day give the same practice
 * @now: microseconds since the epoch
 * @password_hash: of every user's password
 */
typedef struct
{
  guint patients;
  guint years;
  guint practitioners;
  guint32 seed;
  gint64 now;
  const char *password_hash;
} WattleDemoOptions;

/* fraction is 0 to 1 of the step that what names. */
typedef void (*WattleDemoProgress) (const char *what, double fraction, gpointer data);

/**
 * WattleDemoCounts:
 *
 * What was made.
 */
typedef struct
{
  guint patients;
  guint practitioners;
  guint appointments;
  guint notes;
  guint invoices;
  guint payments;
} WattleDemoCounts;

gboolean wattle_demo_make (WattleStore             *store,
                           const WattleDemoOptions *options,
                           WattleDemoCounts        *counts,
                           WattleDemoProgress       progress,
                           gpointer                 data,
                           GCancellable            *cancellable,
                           GError                 **error);

G_END_DECLS
