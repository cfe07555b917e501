/* record.h: one record of any type: typed values, JSON both ways, validation, differences
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

#include "base/json.h"
#include "schema/type.h"

G_BEGIN_DECLS

#define WATTLE_TYPE_RECORD (wattle_record_get_type ())
G_DECLARE_DERIVABLE_TYPE (WattleRecord, wattle_record, WATTLE, RECORD, GObject)

struct _WattleRecordClass
{
  GObjectClass parent_class;
  const WattleType *type;
};

GType             wattle_record_gtype        (WattleRecordType   type);
WattleRecord     *wattle_record_new          (WattleRecordType   type);
WattleRecord     *wattle_record_copy         (WattleRecord      *self);

const WattleType *wattle_record_type         (WattleRecord      *self);
const char       *wattle_record_id           (WattleRecord      *self);
void              wattle_record_set_id       (WattleRecord      *self,
                                              const char        *id);
gint64            wattle_record_revision     (WattleRecord      *self);
void              wattle_record_set_revision (WattleRecord      *self,
                                              gint64             revision);
gboolean          wattle_record_is_deleted   (WattleRecord      *self);
void              wattle_record_set_deleted  (WattleRecord      *self,
                                              gboolean           deleted);
gint64            wattle_record_changed_at   (WattleRecord      *self);
const char       *wattle_record_changed_by   (WattleRecord      *self);
void              wattle_record_set_changed  (WattleRecord      *self,
                                              gint64             at,
                                              const char        *by);
const char       *wattle_record_scope_id     (WattleRecord      *self);

gboolean          wattle_record_has          (WattleRecord      *self,
                                              WattleFieldId      field);
const char       *wattle_record_get_string   (WattleRecord      *self,
                                              WattleFieldId      field);
gint64            wattle_record_get_integer  (WattleRecord      *self,
                                              WattleFieldId      field);
gboolean          wattle_record_get_boolean  (WattleRecord      *self,
                                              WattleFieldId      field);
void              wattle_record_set_string   (WattleRecord      *self,
                                              WattleFieldId      field,
                                              const char        *value);
void              wattle_record_set_integer  (WattleRecord      *self,
                                              WattleFieldId      field,
                                              gint64             value);
void              wattle_record_unset        (WattleRecord      *self,
                                              WattleFieldId      field);
gboolean          wattle_record_equal_field  (WattleRecord      *self,
                                              WattleRecord      *other,
                                              WattleFieldId      field);
gboolean wattle_record_says_same (WattleRecord *self, WattleRecord *other);

void              wattle_record_write_json   (WattleRecord      *self,
                                              WattleJsonWriter  *writer);
char             *wattle_record_to_json      (WattleRecord      *self);
void              wattle_record_write_field  (WattleRecord      *self,
                                              WattleFieldId      field,
                                              WattleJsonWriter  *writer);
WattleRecord     *wattle_record_from_json    (WattleJsonNode     node,
                                              GError           **error);
WattleRecord     *wattle_record_from_text    (const char        *json,
                                              gssize             length,
                                              GError           **error);
gboolean          wattle_record_read_field   (WattleRecord      *self,
                                              WattleFieldId      field,
                                              WattleJsonNode     value,
                                              GError           **error);
gboolean          wattle_record_set_from_text (WattleRecord     *self,
                                              WattleFieldId      field,
                                              const char        *text,
                                              GError           **error);
gboolean          wattle_record_validate     (WattleRecord      *self,
                                              GError           **error);
char             *wattle_record_warning      (WattleRecord      *self,
                                              WattleFieldId      field);
char             *wattle_record_search_text  (WattleRecord      *self);
char             *wattle_record_diff         (WattleRecord      *before,
                                              WattleRecord      *after);
void              wattle_record_keep         (WattleRecord      *self,
                                              guint              flags);

G_END_DECLS
