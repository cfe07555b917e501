/* palette-item.c: one thing that the palette found
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/palette/palette-item.h"

G_DEFINE_FINAL_TYPE (WattlePaletteItem, wattle_palette_item, G_TYPE_OBJECT)

static void
wattle_palette_item_finalize (GObject *object)
{
  WattlePaletteItem *self = WATTLE_PALETTE_ITEM (object);

  g_free (self->target);
  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->icon);
  g_free (self->keywords);
  G_OBJECT_CLASS (wattle_palette_item_parent_class)->finalize (object);
}

static void
wattle_palette_item_class_init (WattlePaletteItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = wattle_palette_item_finalize;
}

static void
wattle_palette_item_init (WattlePaletteItem *self)
{
}

/**
 * wattle_palette_item_new:
 * @kind: what it leads to
 * @type: of which type, for a record
 * @target: id of the record or place, or a detailed action
 * @icon: symbolic icon
 * @title: translated
 * @subtitle: (nullable): translated
 *
 * Returns: (transfer full): the item
 */
WattlePaletteItem *
wattle_palette_item_new (WattlePaletteKind kind,
                         WattleRecordType type,
                         const char *target,
                         const char *icon,
                         const char *title,
                         const char *subtitle)
{
  WattlePaletteItem *self = g_object_new (WATTLE_TYPE_PALETTE_ITEM, NULL);

  self->kind = kind;
  self->type = type;
  self->target = g_strdup (target);
  self->icon = g_strdup (icon);
  self->title = g_strdup (title);
  self->subtitle = g_strdup (subtitle);
  return self;
}
