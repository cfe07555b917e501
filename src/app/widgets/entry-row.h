/* entry-row.h: a record in a short list: two lines, an amount, how it stands, one thing to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "app/widgets/entry.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_ENTRY_ROW (wattle_entry_row_get_type ())
G_DECLARE_FINAL_TYPE (WattleEntryRow, wattle_entry_row, WATTLE, ENTRY_ROW, AdwActionRow)

/* Signal "act": the button of the row was pressed. */

GtkWidget    *wattle_entry_row_new    (const WattleEntry *entry);
const char   *wattle_entry_row_id     (WattleEntryRow    *self);
WattleRecord *wattle_entry_row_record (WattleEntryRow    *self);
int           wattle_entry_row_status (WattleEntryRow    *self);

/**
 * WattleEntryList:
 * @icon: of what stands there when there is nothing
 * @title: what stands there then
 * @subtitle: (nullable): what to do about it
 * @act: (nullable): `void (*) (gpointer data, WattleEntryRow *row)`: the button of a row was pressed
 * @data: for @act
 */
typedef struct
{
  const char *icon;
  const char *title;
  const char *subtitle;
  GCallback act;
  gpointer data;
} WattleEntryList;

WattleEntryList wattle_entry_list_fetching (void);
void          wattle_entry_list_fill  (GtkListBox            *box,
                                       GPtrArray             *entries,
                                       guint                  limit,
                                       const WattleEntryList *list);

G_END_DECLS
