/* row.c: one place of a long list: its record comes when it has been read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "store/row.h"

struct _WattleRow
{
  GObject parent_instance;
  WattleRecord *record;
};

enum
{
  PROP_RECORD = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WattleRow, wattle_row, G_TYPE_OBJECT)

static void
wattle_row_finalize (GObject *object)
{
  WattleRow *self = WATTLE_ROW (object);

  g_clear_object (&self->record);
  G_OBJECT_CLASS (wattle_row_parent_class)->finalize (object);
}

static void
wattle_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, WATTLE_ROW (object)->record);
}

static void
wattle_row_class_init (WattleRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = wattle_row_finalize;
  object_class->get_property = wattle_row_get_property;
  properties[PROP_RECORD] = g_param_spec_object ("record", NULL, NULL, WATTLE_TYPE_RECORD,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
wattle_row_init (WattleRow *self)
{
}

/**
 * wattle_row_new:
 * @record: (nullable): its record, when it is known
 *
 * Returns: (transfer full): a row
 */
WattleRow *
wattle_row_new (WattleRecord *record)
{
  WattleRow *self = g_object_new (WATTLE_TYPE_ROW, NULL);

  g_set_object (&self->record, record);
  return self;
}

/**
 * wattle_row_get_record:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its record; %NULL until it has been read
 */
WattleRecord *
wattle_row_get_record (WattleRow *self)
{
  g_return_val_if_fail (WATTLE_IS_ROW (self), NULL);
  return self->record;
}

void
wattle_row_set_record (WattleRow *self, WattleRecord *record)
{
  if (g_set_object (&self->record, record))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECORD]);
}
