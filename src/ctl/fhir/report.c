/* report.c: what an import took, what it did not and why
 *
 * Equal reasons of one resource type are one line with a count and a few places
 * to look at. Places are file names and ids, never names of people.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/fhir/report.h"

#include <glib/gi18n-lib.h>

#define PLACES 5

typedef struct
{
  char *type;
  char *sentence;
  guint count;
  GPtrArray *places; /* of utf8 */
} Group;

struct _WattleFhirReport
{
  guint files;
  GHashTable *types;    /* resource type: guint[WATTLE_FHIR_N_OUTCOMES] */
  GHashTable *refusals; /* type and sentence: Group */
  GHashTable *warnings;
  GHashTable *failures; /* file: Group */
};

static void
free_group (gpointer data)
{
  Group *self = data;

  g_free (self->type);
  g_free (self->sentence);
  g_ptr_array_unref (self->places);
  g_free (self);
}

WattleFhirReport *
wattle_fhir_report_new (void)
{
  WattleFhirReport *self = g_new0 (WattleFhirReport, 1);

  self->types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->refusals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_group);
  self->warnings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_group);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_group);
  return self;
}

void
wattle_fhir_report_free (WattleFhirReport *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->types);
  g_hash_table_unref (self->refusals);
  g_hash_table_unref (self->warnings);
  g_hash_table_unref (self->failures);
  g_free (self);
}

static Group *
find_group (GHashTable *groups, const char *type, const char *sentence)
{
  g_autofree char *key = g_strconcat (type, "\n", sentence, NULL);
  Group *group = g_hash_table_lookup (groups, key);

  if (group != NULL)
    return group;
  group = g_new0 (Group, 1);
  group->type = g_strdup (type);
  group->sentence = g_strdup (sentence);
  group->places = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_insert (groups, g_steal_pointer (&key), group);
  return group;
}

static void
add_place (Group *group, const char *where)
{
  if (where != NULL && group->places->len < PLACES)
    g_ptr_array_add (group->places, g_strdup (where));
}

static guint *
counts_of (WattleFhirReport *self, const char *type)
{
  guint *counts = g_hash_table_lookup (self->types, type);

  if (counts == NULL)
    {
      counts = g_new0 (guint, WATTLE_FHIR_N_OUTCOMES);
      g_hash_table_insert (self->types, g_strdup (type), counts);
    }
  return counts;
}

/**
 * wattle_fhir_report_count:
 * @self: a report
 * @type: resource type
 * @outcome: what became of one
 * @reason: (nullable): why it was refused or kept as it is
 * @where: (nullable): file and resource
 */
void
wattle_fhir_report_count (
  WattleFhirReport *self, const char *type, WattleFhirOutcome outcome, const char *reason, const char *where)
{
  counts_of (self, type)[outcome]++;
  if (reason != NULL)
    {
      Group *group = find_group (self->refusals, type, reason);

      group->count++;
      add_place (group, where);
    }
}

/**
 * wattle_fhir_report_warn:
 * @self: a report
 * @type: resource type
 * @sentence: what is doubtful or was left out
 * @where: (nullable): file and resource
 */
void
wattle_fhir_report_warn (WattleFhirReport *self, const char *type, const char *sentence, const char *where)
{
  Group *group = find_group (self->warnings, type, sentence);

  group->count++;
  add_place (group, where);
}

/**
 * wattle_fhir_report_fail:
 * @self: a report
 * @file: a file of which nothing was taken
 * @sentence: why
 */
void
wattle_fhir_report_fail (WattleFhirReport *self, const char *file, const char *sentence)
{
  find_group (self->failures, file, sentence)->count++;
}

void
wattle_fhir_report_file (WattleFhirReport *self)
{
  self->files++;
}

static void
merge_groups (GHashTable *into, GHashTable *from)
{
  GHashTableIter iter;
  Group *theirs;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &theirs))
    {
      Group *group = find_group (into, theirs->type, theirs->sentence);

      group->count += theirs->count;
      for (guint i = 0; i < theirs->places->len; i++)
        add_place (group, g_ptr_array_index (theirs->places, i));
    }
}

/**
 * wattle_fhir_report_merge:
 * @self: a report
 * @other: the report of one more file
 */
void
wattle_fhir_report_merge (WattleFhirReport *self, const WattleFhirReport *other)
{
  GHashTableIter iter;
  const char *type;
  guint *theirs;

  self->files += other->files;
  g_hash_table_iter_init (&iter, other->types);
  while (g_hash_table_iter_next (&iter, (gpointer *) &type, (gpointer *) &theirs))
    for (guint i = 0; i < WATTLE_FHIR_N_OUTCOMES; i++)
      counts_of (self, type)[i] += theirs[i];
  merge_groups (self->refusals, other->refusals);
  merge_groups (self->warnings, other->warnings);
  merge_groups (self->failures, other->failures);
}

static void
swap (GHashTable **a, GHashTable **b)
{
  GHashTable *kept = *a;

  *a = *b;
  *b = kept;
}

/**
 * wattle_fhir_report_add_round:
 * @self: the report of a file
 * @again: the report of the same file, read once more
 *
 * Makes of both what one reading would have said: what the first made is new,
 * though the second found it unchanged.
 */
void
wattle_fhir_report_add_round (WattleFhirReport *self, WattleFhirReport *again)
{
  GHashTableIter iter;
  const char *type;
  guint *now;

  g_hash_table_iter_init (&iter, again->types);
  while (g_hash_table_iter_next (&iter, (gpointer *) &type, (gpointer *) &now))
    {
      guint *before = counts_of (self, type);
      guint made = MIN (before[WATTLE_FHIR_NEW], now[WATTLE_FHIR_UNCHANGED]);
      guint changed = MIN (before[WATTLE_FHIR_CHANGED], now[WATTLE_FHIR_UNCHANGED] - made);

      now[WATTLE_FHIR_NEW] += made;
      now[WATTLE_FHIR_CHANGED] += changed;
      now[WATTLE_FHIR_UNCHANGED] -= made + changed;
    }
  swap (&self->types, &again->types);
  swap (&self->refusals, &again->refusals);
  swap (&self->warnings, &again->warnings);
  swap (&self->failures, &again->failures);
}

guint
wattle_fhir_report_total (const WattleFhirReport *self, WattleFhirOutcome outcome)
{
  GHashTableIter iter;
  guint *counts, total = 0;

  g_hash_table_iter_init (&iter, self->types);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &counts))
    total += counts[outcome];
  return total;
}

guint
wattle_fhir_report_failures (const WattleFhirReport *self)
{
  return g_hash_table_size (self->failures);
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const Group *first = *(Group *const *) a, *second = *(Group *const *) b;
  int order = g_strcmp0 (first->type, second->type);

  if (order == 0)
    order = (second->count > first->count) - (second->count < first->count);
  return order != 0 ? order : g_strcmp0 (first->sentence, second->sentence);
}

static GPtrArray *
sorted (GHashTable *groups)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer group;

  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    g_ptr_array_add (list, group);
  g_ptr_array_sort (list, compare_groups);
  return list;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* The resource types that were met, in the order of the alphabet. */
static GPtrArray *
sorted_types (const WattleFhirReport *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer type;

  g_hash_table_iter_init (&iter, self->types);
  while (g_hash_table_iter_next (&iter, &type, NULL))
    g_ptr_array_add (list, type);
  g_ptr_array_sort (list, compare_names);
  return list;
}

static void
append_groups (GString *out, const char *heading, GHashTable *groups)
{
  g_autoptr (GPtrArray) list = sorted (groups);

  if (list->len > 0)
    g_string_append_printf (out, "\n%s\n", heading);
  for (guint i = 0; i < list->len; i++)
    {
      Group *group = g_ptr_array_index (list, i);

      g_string_append_printf (out, "  %6u  %s: %s\n", group->count, group->type, group->sentence);
      for (guint p = 0; p < group->places->len; p++)
        g_string_append_printf (out, "          %s\n", (char *) g_ptr_array_index (group->places, p));
      if (group->count > group->places->len && group->places->len > 0)
        g_string_append_printf (out, "          …\n");
    }
}

static void
append_failures (GString *out, GHashTable *failures)
{
  g_autoptr (GPtrArray) list = sorted (failures);

  if (list->len > 0)
    g_string_append_printf (out, "\n%s\n", _("Files of which nothing was taken:"));
  for (guint i = 0; i < list->len; i++)
    {
      Group *group = g_ptr_array_index (list, i);

      g_string_append_printf (out, "  %s: %s\n", group->type, group->sentence);
    }
}

/**
 * wattle_fhir_report_text:
 * @self: a report
 *
 * Returns: (transfer full): it, for a person
 */
char *
wattle_fhir_report_text (const WattleFhirReport *self)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GPtrArray) types = sorted_types (self);

  g_string_append_printf (out, _("%u files read, %u of them broken.\n\n"),
                          self->files + g_hash_table_size (self->failures), g_hash_table_size (self->failures));
  g_string_append_printf (out, "  %-24s %8s %8s %9s %6s %6s %9s\n", "", _("new"), _("changed"), _("unchanged"),
                          _("kept"), _("used"), _("not taken"));
  for (guint i = 0; i < types->len; i++)
    {
      const char *type = g_ptr_array_index (types, i);
      guint *n = g_hash_table_lookup (self->types, type);

      g_string_append_printf (out, "  %-24s %8u %8u %9u %6u %6u %9u\n", type, n[0], n[1], n[2], n[3], n[4], n[5]);
    }
  append_groups (out, _("Not taken, or left as it is here:"), self->refusals);
  append_groups (out, _("Taken with a doubt:"), self->warnings);
  append_failures (out, self->failures);
  return g_string_free (out, FALSE);
}

static void
write_groups (WattleJsonWriter *writer, const char *name, GHashTable *groups, const char *type_name)
{
  g_autoptr (GPtrArray) list = sorted (groups);

  wattle_json_name (writer, name);
  wattle_json_begin_array (writer);
  for (guint i = 0; i < list->len; i++)
    {
      Group *group = g_ptr_array_index (list, i);

      wattle_json_begin_object (writer);
      wattle_json_pair_string (writer, type_name, group->type);
      wattle_json_pair_string (writer, "reason", group->sentence);
      wattle_json_pair_integer (writer, "count", group->count);
      wattle_json_name (writer, "first");
      wattle_json_begin_array (writer);
      for (guint p = 0; p < group->places->len; p++)
        wattle_json_put_string (writer, g_ptr_array_index (group->places, p));
      wattle_json_end_array (writer);
      wattle_json_end_object (writer);
    }
  wattle_json_end_array (writer);
}

/**
 * wattle_fhir_report_json:
 * @self: a report
 *
 * Returns: (transfer full): it, for a program
 */
char *
wattle_fhir_report_json (const WattleFhirReport *self)
{
  static const char *const outcomes[] = { "new", "changed", "unchanged", "kept", "used", "not_taken" };
  GString *out = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (out);
  g_autoptr (GPtrArray) types = sorted_types (self);

  wattle_json_begin_object (&writer);
  wattle_json_pair_integer (&writer, "files", self->files);
  wattle_json_name (&writer, "resources");
  wattle_json_begin_object (&writer);
  for (guint i = 0; i < types->len; i++)
    {
      guint *counts = g_hash_table_lookup (self->types, g_ptr_array_index (types, i));

      wattle_json_name (&writer, g_ptr_array_index (types, i));
      wattle_json_begin_object (&writer);
      for (guint o = 0; o < WATTLE_FHIR_N_OUTCOMES; o++)
        wattle_json_pair_integer (&writer, outcomes[o], counts[o]);
      wattle_json_end_object (&writer);
    }
  wattle_json_end_object (&writer);
  write_groups (&writer, "not_taken", self->refusals, "type");
  write_groups (&writer, "warnings", self->warnings, "type");
  write_groups (&writer, "broken_files", self->failures, "file");
  wattle_json_end_object (&writer);
  return g_string_free (out, FALSE);
}
