/* entry.c: one record as a row of a list shows it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/entry.h"

/**
 * wattle_entry_new:
 * @record: a record
 *
 * Returns: (transfer full): an entry for it, without words yet
 */
WattleEntry *
wattle_entry_new (WattleRecord *record)
{
  WattleEntry *self = g_new0 (WattleEntry, 1);

  self->type = wattle_record_type (record)->id;
  self->id = g_strdup (wattle_record_id (record));
  self->record = g_object_ref (record);
  return self;
}

/**
 * wattle_entry_free:
 * @self: (transfer full): an entry
 */
void
wattle_entry_free (WattleEntry *self)
{
  g_free (self->id);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->detail);
  g_free (self->pill);
  g_clear_object (&self->record);
  g_free (self);
}
