/* palette-item.h: one thing that the palette found
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "schema/record.h"

G_BEGIN_DECLS

typedef enum
{
  WATTLE_PALETTE_RECORD, /* type and target: id */
  WATTLE_PALETTE_PLACE,  /* target: id of the place */
  WATTLE_PALETTE_ACTION, /* target: detailed action */
} WattlePaletteKind;

#define WATTLE_TYPE_PALETTE_ITEM (wattle_palette_item_get_type ())
G_DECLARE_FINAL_TYPE (WattlePaletteItem, wattle_palette_item, WATTLE, PALETTE_ITEM, GObject)

struct _WattlePaletteItem
{
  GObject parent;
  WattlePaletteKind kind;
  WattleRecordType type;
  char *target;
  char *title;
  char *subtitle;
  char *icon;
  char *keywords; /* folded, for places and actions */
};

WattlePaletteItem *wattle_palette_item_new (WattlePaletteKind  kind,
                                            WattleRecordType   type,
                                            const char        *target,
                                            const char        *icon,
                                            const char        *title,
                                            const char        *subtitle);

G_END_DECLS
