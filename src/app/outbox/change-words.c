/* change-words.c: an operation of this device, as a person would tell it
 *
 * Works from the table of arguments alone, so that an operation that is added
 * there is told without a line here. Pure functions of records, called from the
 * threads that read the store.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/change-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/widgets/display.h"
#include "base/civil.h"
#include "domain/settings.h"

#define LIMITS ((WattleJsonLimits){ 8 * 1024 * 1024, 32, 200000 })

/* Arguments that are no field of a record. */
static const struct
{
  const char *name;
  const char *label;
} labels[] = {
  { "reason", N_("Reason") }, { "note", N_("Note") },   { "to", N_("Back to") },
  { "key", N_("Setting") },   { "value", N_("Value") }, { "overpay", N_("More than is owed is meant") },
};

/* Fields and arguments that only programs read, and whom it is about, which stands above. */
static const char *const technical[] = { "id", "type", "base", "key", "imported_from", "zone", "patient", NULL };

typedef struct
{
  WattleReader *reader;
  GTimeZone *zone;
  WattleChangeWords *words;
} Teller;

static void
line_free (gpointer data)
{
  WattleChangeLine *line = data;

  g_free (line->label);
  g_free (line->value);
  g_free (line->path);
  g_free (line);
}

void
wattle_change_words_free (WattleChangeWords *self)
{
  g_free (self->what);
  g_free (self->whom);
  g_free (self->when);
  g_ptr_array_unref (self->lines);
  g_free (self);
}

static void
add_line (Teller *self, const char *label, char *value, char *path, gboolean many, WattleFieldId field)
{
  WattleChangeLine *line;

  if (value == NULL || (*value == '\0' && path == NULL))
    {
      g_free (value);
      g_free (path);
      return;
    }
  line = g_new0 (WattleChangeLine, 1);
  line->label = g_strdup (label);
  line->value = value;
  line->path = path;
  line->many = many;
  line->field = field;
  /* What a person wrote at length stands before what the form added. */
  g_ptr_array_insert (self->words->lines, many ? (int) self->words->texts++ : -1, line);
}

static WattleRecord *
find (WattleReader *reader, const WattleType *type, const char *id)
{
  return type != NULL && id != NULL ? wattle_reader_get (reader, type->id, id, NULL) : NULL;
}

/* The patient whose record it is, also of what does not say so itself yet, such as a payment of an invoice. */
static WattleRecord *
patient_of (WattleReader *reader, WattleRecord *record)
{
  const WattleType *type = wattle_record_type (record);
  const char *id = type->scope == WATTLE_SCOPE_PATIENT ? wattle_record_scope_id (record) : NULL;

  if (type->id == WATTLE_RECORD_PATIENT)
    return g_object_ref (record);
  if (id != NULL)
    return wattle_reader_get (reader, WATTLE_RECORD_PATIENT, id, NULL);
  if (type->id == WATTLE_RECORD_PAYMENT)
    {
      g_autoptr (WattleRecord) invoice =
        find (reader, wattle_type_get (WATTLE_RECORD_INVOICE),
              wattle_record_get_string (record, WATTLE_PAYMENT_INVOICE));

      return invoice != NULL ? patient_of (reader, invoice) : NULL;
    }
  return NULL;
}

/**
 * wattle_record_whom:
 * @reader: where the names are
 * @record: any record
 * @zone: the practice's zone
 *
 * Returns: (transfer full): the patient it belongs to, or what it is called
 */
char *
wattle_record_whom (WattleReader *reader, WattleRecord *record, GTimeZone *zone)
{
  g_autoptr (WattleRecord) patient = patient_of (reader, record);

  return patient != NULL ? wattle_display_patient (patient) : wattle_display_title (record);
}

/* A record that another one names. */
static char *
reference_words (WattleReader *reader, const WattleField *field, const char *id, GTimeZone *zone)
{
  g_autoptr (WattleRecord) record = find (reader, wattle_type_find (field->ref), id);

  if (record == NULL)
    return g_strdup (_("not on this computer"));
  if (wattle_record_type (record)->id == WATTLE_RECORD_APPOINTMENT)
    return wattle_display_date_time (wattle_record_get_integer (record, WATTLE_APPOINTMENT_STARTS_AT), zone);
  return wattle_display_title (record);
}

/**
 * wattle_value_words:
 * @reader: where the names are
 * @record: a record
 * @field: one of its fields
 * @zone: the practice's zone
 *
 * Returns: (transfer full): the value as one reads it; "" when there is none
 */
char *
wattle_value_words (WattleReader *reader, WattleRecord *record, WattleFieldId field, GTimeZone *zone)
{
  const WattleField *what = wattle_field_get (field);

  if (!wattle_record_has (record, field))
    return g_strdup ("");
  if (what->kind == WATTLE_KIND_REFERENCE)
    return reference_words (reader, what, wattle_record_get_string (record, field), zone);
  if (what->kind == WATTLE_KIND_INSTANT)
    return wattle_display_date_time (wattle_record_get_integer (record, field), zone);
  return wattle_display_value (record, field);
}

static gboolean
is_typed (const WattleField *field)
{
  return field->kind == WATTLE_KIND_STRING || field->kind == WATTLE_KIND_TEXT || field->kind == WATTLE_KIND_IDENTIFIER;
}

static void
tell_about (Teller *self, WattleRecord *record)
{
  if (self->words->whom != NULL)
    return;
  self->words->whom = wattle_record_whom (self->reader, record, self->zone);
  if (wattle_record_type (record)->id == WATTLE_RECORD_APPOINTMENT
      && wattle_record_has (record, WATTLE_APPOINTMENT_STARTS_AT))
    self->words->when =
      wattle_display_date_time (wattle_record_get_integer (record, WATTLE_APPOINTMENT_STARTS_AT), self->zone);
}

static WattleRecord *
record_of (WattleJsonNode node)
{
  return wattle_json_kind (node) == WATTLE_JSON_OBJECT ? wattle_record_from_json (node, NULL) : NULL;
}

static void
tell_record (Teller *self, const char *path, WattleJsonNode node)
{
  g_autoptr (WattleRecord) record = record_of (node);
  const WattleType *type = record != NULL ? wattle_record_type (record) : NULL;

  if (record == NULL)
    return;
  tell_about (self, record);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const WattleField *field = &type->fields[i];
      WattleFieldId id;

      if (g_strv_contains (technical, field->name) || !wattle_field_find (type, field->name, &id)
          || !wattle_record_has (record, id))
        continue;
      add_line (self, _(field->label), wattle_value_words (self->reader, record, id, self->zone),
                is_typed (field) ? g_strconcat (path, "/", field->name, NULL) : NULL,
                field->kind == WATTLE_KIND_TEXT, id);
    }
}

static char *
change_words (Teller *self, const WattleType *type, WattleFieldId field, WattleJsonNode value)
{
  g_autoptr (WattleRecord) record = wattle_record_new (type->id);
  g_autofree char *words = NULL;

  if (!wattle_json_exists (value) || !wattle_record_read_field (record, field, value, NULL))
    return g_strdup (_("(empty)"));
  words = wattle_value_words (self->reader, record, field, self->zone);
  return *words != '\0' ? g_steal_pointer (&words) : g_strdup (_("(empty)"));
}

/* Of each field what stood there, and what shall. */
static void
tell_changes (Teller *self, const char *path, const WattleType *type, WattleJsonNode node)
{
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode change;
  const char *name;

  while (type != NULL && wattle_json_next (&iter, &name, &change))
    {
      WattleFieldId id;
      g_autofree char *label = NULL;

      if (!wattle_field_find (type, name, &id))
        continue;
      label = g_strdup_printf (_("%s, before"), _(wattle_field_get (id)->label));
      add_line (self, label, change_words (self, type, id, wattle_json_member (change, "old")), NULL, FALSE, id);
      add_line (self, _(wattle_field_get (id)->label),
                change_words (self, type, id, wattle_json_member (change, "new")),
                is_typed (wattle_field_get (id)) ? g_strconcat (path, "/", name, "/new", NULL) : NULL,
                wattle_field_get (id)->kind == WATTLE_KIND_TEXT, id);
    }
}

static const char *
label_of (const WattleType *type, const char *name)
{
  WattleFieldId id;

  if (type != NULL && wattle_field_find (type, name, &id))
    return _(wattle_field_get (id)->label);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_str_equal (labels[i].name, name))
      return _(labels[i].label);
  return name;
}

static char *
scalar_words (Teller *self, const WattleArgument *arg, WattleJsonNode node)
{
  const char *text = wattle_json_string (node);
  const WattleEnum *words = arg->ref != NULL ? wattle_enum_find (arg->ref) : NULL;
  gint64 number;
  gboolean yes;

  if (g_str_equal (arg->kind, "instant"))
    return text != NULL && wattle_instant_parse (text, &number, NULL) ? wattle_display_date_time (number, self->zone)
                                                                      : NULL;
  if (g_str_equal (arg->kind, "enum"))
    {
      int value = words != NULL && text != NULL ? wattle_enum_parse (words, text) : -1;

      return g_strdup (value >= 0 ? _(wattle_enum_label (words, value)) : text);
    }
  if (g_str_equal (arg->kind, "boolean"))
    return wattle_json_boolean (node, &yes) ? g_strdup (yes ? _("Yes") : _("No")) : NULL;
  return g_strdup (text);
}

static void
tell_argument (Teller *self, const WattleArgument *arg, const WattleType *type, WattleJsonNode node)
{
  g_autoptr (WattleRecord) record = NULL;
  gboolean text = g_str_equal (arg->kind, "text");
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode element;

  if (g_str_equal (arg->kind, "record"))
    tell_record (self, arg->name, node);
  else if (g_str_equal (arg->kind, "records"))
    while (wattle_json_next (&iter, NULL, &element))
      tell_record (self, "", element);
  else if (g_str_equal (arg->kind, "changes"))
    tell_changes (self, arg->name, type, node);
  else if (g_str_equal (arg->kind, "id") && !g_strv_contains (technical, arg->name))
    {
      record = find (self->reader, wattle_type_find (arg->ref), wattle_json_string (node));
      if (record != NULL)
        add_line (self, label_of (type, arg->name), wattle_display_title (record), NULL, FALSE, 0);
    }
  else if (!g_strv_contains (technical, arg->name))
    add_line (self, label_of (type, arg->name), scalar_words (self, arg, node),
              text || g_str_equal (arg->kind, "string") ? g_strdup (arg->name) : NULL, text, 0);
}

/* The type that the operation is about: of its id, or as an argument says. */
static const WattleType *
type_of (const WattleOperation *operation, WattleJsonNode args)
{
  const char *nick = wattle_json_member_string (args, "type");

  for (const WattleArgument *arg = operation->args; nick == NULL && arg->name != NULL; arg++)
    if (g_str_equal (arg->name, "id"))
      nick = arg->ref;
  if (nick == NULL && g_str_has_prefix (operation->name, "user."))
    nick = "user";
  return wattle_type_find (nick);
}

/**
 * wattle_change_words:
 * @reader: where the names are
 * @name: the operation
 * @args: its arguments, a JSON object
 * @zone: the practice's zone
 *
 * Returns: (transfer full): what it says
 */
WattleChangeWords *
wattle_change_words (WattleReader *reader, const char *name, const char *args, GTimeZone *zone)
{
  const WattleOperation *operation = wattle_operation_find (name);
  WattleJsonLimits limits = LIMITS;
  g_autoptr (WattleJson) json = args != NULL ? wattle_json_parse (args, -1, &limits, NULL) : NULL;
  Teller teller = { reader, zone, g_new0 (WattleChangeWords, 1) };
  g_autoptr (WattleRecord) record = NULL;
  const WattleSettingSpec *setting;
  const WattleType *type;

  teller.words->what = g_strdup (operation != NULL ? _(operation->label) : name);
  teller.words->lines = g_ptr_array_new_with_free_func (line_free);
  if (operation == NULL || json == NULL)
    return teller.words;
  type = type_of (operation, wattle_json_root (json));
  record = find (reader, type, wattle_json_member_string (wattle_json_root (json), "id"));
  if (record != NULL)
    tell_about (&teller, record);
  setting = wattle_setting_find (wattle_json_member_string (wattle_json_root (json), "key"));
  if (setting != NULL)
    teller.words->whom = g_strdup (_(setting->label));
  for (const WattleArgument *arg = operation->args; arg->name != NULL; arg++)
    {
      WattleJsonNode node = wattle_json_member (wattle_json_root (json), arg->name);

      if (wattle_json_exists (node))
        tell_argument (&teller, arg, type, node);
    }
  return teller.words;
}

/**
 * wattle_change_words_text:
 * @self: what a change says
 *
 * Returns: (transfer full): all of it as text, to copy
 */
char *
wattle_change_words_text (WattleChangeWords *self)
{
  GString *text = g_string_new (self->what);

  if (self->whom != NULL)
    g_string_append_printf (text, "\n%s", self->whom);
  for (guint i = 0; i < self->lines->len; i++)
    {
      WattleChangeLine *line = g_ptr_array_index (self->lines, i);

      g_string_append_printf (text, line->many ? "\n\n%s\n%s" : "\n%s: %s", line->label, line->value);
    }
  return g_string_free (text, FALSE);
}

static void
copy_retyped (WattleJsonWriter *writer, WattleJsonNode node, const char *path, GHashTable *texts)
{
  const char *text = g_hash_table_lookup (texts, path);
  WattleJsonIter iter = wattle_json_iter (node);
  WattleJsonNode member;
  const char *name;
  gsize length;

  if (text != NULL)
    wattle_json_put_string (writer, text);
  else if (wattle_json_kind (node) != WATTLE_JSON_OBJECT)
    {
      const char *raw = wattle_json_raw (node, &length);

      wattle_json_put_raw (writer, raw, (gssize) length);
    }
  else
    {
      wattle_json_begin_object (writer);
      while (wattle_json_next (&iter, &name, &member))
        {
          g_autofree char *below = *path != '\0' ? g_strconcat (path, "/", name, NULL) : g_strdup (name);

          wattle_json_name (writer, name);
          copy_retyped (writer, member, below, texts);
        }
      wattle_json_end_object (writer);
    }
}

/**
 * wattle_change_retyped:
 * @args: arguments of an operation
 * @texts: (element-type utf8 utf8): new text by the path of its line
 *
 * Returns: (transfer full): the arguments with those texts
 */
char *
wattle_change_retyped (const char *args, GHashTable *texts)
{
  WattleJsonLimits limits = LIMITS;
  g_autoptr (WattleJson) json = wattle_json_parse (args, -1, &limits, NULL);
  GString *out;
  WattleJsonWriter writer;

  if (json == NULL)
    return g_strdup (args);
  out = g_string_new (NULL);
  writer = wattle_json_writer (out);
  copy_retyped (&writer, wattle_json_root (json), "", texts);
  return g_string_free (out, FALSE);
}

/**
 * wattle_change_words_work:
 * @transaction: a read transaction
 * @arguments: a GVariant (sss): operation, arguments, zone
 * @cancellable: not needed: it is short
 * @error: the failure
 *
 * Returns: (transfer full): what the change says
 */
gpointer
wattle_change_words_work (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  const char *name;
  const char *args;
  const char *zone_name;
  GTimeZone *zone;

  g_variant_get (arguments, "(&s&s&s)", &name, &args, &zone_name);
  zone = wattle_zone_lookup (zone_name, error);
  return zone != NULL ? wattle_change_words (wattle_transaction_reader (transaction), name, args, zone) : NULL;
}
