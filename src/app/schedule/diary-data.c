/* diary-data.c: some days of some practitioners, and who and what there is to choose, read from the cache
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-data.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "domain/holidays.h"
#include "domain/settings.h"

/* More visits than this in a week of one practitioner nobody has. */
#define MAX_VISITS 2000
/* What a diary shows when nobody works on these days. */
#define USUAL_OPENING (8 * 60)

/* Colours for those who chose none: apart from each other in light and dark, also for most who see few colours. */
static const char *const palette[] = { "#3584e4", "#e66100", "#9141ac", "#2ec27e", "#c64600", "#1c71d8", "#986a44" };

typedef struct
{
  WattleReader *reader;
  WattleDiary *diary;
  GHashTable *records; /* id to what was read: patients, types and locations come many times */
  const char **places;
} Reading;

static void
person_free (WattleDiaryPerson *person)
{
  g_free (person->id);
  g_free (person->name);
  g_free (person->short_name);
  g_free (person);
}

static void
place_free (WattleDiaryPlace *place)
{
  g_free (place->id);
  g_free (place->name);
  g_free (place->zone);
  g_strfreev (place->rooms);
  g_free (place);
}

static void
kind_free (WattleDiaryKind *kind)
{
  g_free (kind->id);
  g_free (kind->name);
  g_free (kind);
}

static void
visit_free (WattleDiaryVisit *visit)
{
  g_free (visit->id);
  g_free (visit->patient);
  g_free (visit->who);
  g_free (visit->what);
  g_free (visit->room);
  g_free (visit->place);
  g_free (visit->reason);
  g_free (visit->kind);
  g_free (visit->location);
  g_free (visit->invoice);
  g_free (visit);
}

static WattleDiaryPerson *
person_new (WattleRecord *practitioner)
{
  WattleDiaryPerson *person = g_new0 (WattleDiaryPerson, 1);
  const char *colour = wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_COLOUR);

  person->id = g_strdup (wattle_record_id (practitioner));
  person->name = wattle_display_practitioner (practitioner);
  person->short_name = g_strdup (wattle_record_get_string (practitioner, WATTLE_PRACTITIONER_FAMILY_NAME));
  if (colour == NULL || !gdk_rgba_parse (&person->colour, colour))
    gdk_rgba_parse (&person->colour, palette[g_str_hash (person->id) % G_N_ELEMENTS (palette)]);
  return person;
}

/* A record that is not here is remembered too: NULL. */
static WattleRecord *
look_up (Reading *reading, WattleRecordType type, const char *id)
{
  gpointer found;

  if (id == NULL)
    return NULL;
  if (!g_hash_table_lookup_extended (reading->records, id, NULL, &found))
    {
      found = wattle_reader_get (reading->reader, type, id, NULL);
      g_hash_table_insert (reading->records, g_strdup (id), found);
    }
  return found;
}

static void
record_free (gpointer record)
{
  if (record != NULL)
    g_object_unref (record);
}

static WattleDiaryVisit *
visit_new (Reading *reading, WattleRecord *row, guint person)
{
  WattleDiaryVisit *visit = g_new0 (WattleDiaryVisit, 1);
  const char *colour = NULL;
  WattleRecord *patient, *kind, *place;

  visit->id = g_strdup (wattle_record_id (row));
  visit->person = person;
  visit->patient = g_strdup (wattle_record_get_string (row, WATTLE_APPOINTMENT_PATIENT));
  visit->kind = g_strdup (wattle_record_get_string (row, WATTLE_APPOINTMENT_TYPE));
  visit->location = g_strdup (wattle_record_get_string (row, WATTLE_APPOINTMENT_LOCATION));
  visit->invoice = g_strdup (wattle_record_get_string (row, WATTLE_APPOINTMENT_INVOICE));
  visit->room = g_strdup (wattle_record_get_string (row, WATTLE_APPOINTMENT_ROOM));
  visit->reason = g_strdup (wattle_record_get_string (row, WATTLE_APPOINTMENT_REASON));
  visit->modality = (int) wattle_record_get_integer (row, WATTLE_APPOINTMENT_MODALITY);
  visit->status = (int) wattle_record_get_integer (row, WATTLE_APPOINTMENT_STATUS);
  visit->starts = wattle_record_get_integer (row, WATTLE_APPOINTMENT_STARTS_AT);
  visit->ends = wattle_record_get_integer (row, WATTLE_APPOINTMENT_ENDS_AT);
  patient = look_up (reading, WATTLE_RECORD_PATIENT, visit->patient);
  kind = look_up (reading, WATTLE_RECORD_APPOINTMENT_TYPE, visit->kind);
  place = look_up (reading, WATTLE_RECORD_LOCATION, visit->location);
  /* Of a colleague's visit only the time is here. */
  if (patient == NULL)
    g_clear_pointer (&visit->patient, g_free);
  visit->who = patient != NULL ? wattle_diary_patient_name (patient) : g_strdup (_("Busy"));
  if (kind != NULL)
    {
      visit->what = g_strdup (wattle_record_get_string (kind, WATTLE_APPOINTMENT_TYPE_NAME));
      colour = wattle_record_get_string (kind, WATTLE_APPOINTMENT_TYPE_COLOUR);
    }
  if (place != NULL)
    visit->place = g_strdup (wattle_record_get_string (place, WATTLE_LOCATION_NAME));
  if (patient == NULL)
    gdk_rgba_parse (&visit->colour, "#9a9996");
  else if (colour == NULL || !gdk_rgba_parse (&visit->colour, colour))
    visit->colour = ((WattleDiaryPerson *) g_ptr_array_index (reading->diary->people, person))->colour;
  visit->movable = visit->patient != NULL && visit->status <= WATTLE_APPOINTMENT_STATUS_ARRIVED;
  return visit;
}

/* A visit over midnight stands in both days. */
static void
add_boxes (WattleDiary *diary, WattleDiaryVisit *visit)
{
  for (guint day = 0; day < diary->axis.n_days; day++)
    {
      const WattleDiaryDay *which = &diary->axis.days[day];
      WattleDiaryBox box = { .visit = visit, .lane = day * diary->people->len + visit->person };

      if (visit->starts >= which->end || visit->ends <= which->start)
        continue;
      box.place.start = (gint64) wattle_diary_axis_position (&diary->axis, day, visit->starts);
      box.place.end = (gint64) wattle_diary_axis_position (&diary->axis, day, visit->ends);
      g_array_append_val (diary->boxes, box);
    }
}

static gboolean
read_visits (Reading *reading, guint person, GError **error)
{
  WattleDiary *diary = reading->diary;
  const WattleDiaryPerson *who = g_ptr_array_index (diary->people, person);
  gint64 start = diary->axis.days[0].start;
  WattleQuery query = wattle_query (WATTLE_RECORD_APPOINTMENT);
  g_autoptr (GPtrArray) rows = NULL;

  wattle_query_where_text (&query, WATTLE_APPOINTMENT_PRACTITIONER, who->id);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_LESS,
                      diary->axis.days[diary->axis.n_days - 1].end);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STARTS_AT, WATTLE_COMPARE_GREATER,
                      start - WATTLE_APPOINTMENT_MAX_HOURS * WATTLE_HOUR);
  wattle_query_where (&query, WATTLE_APPOINTMENT_ENDS_AT, WATTLE_COMPARE_GREATER, start);
  wattle_query_where (&query, WATTLE_APPOINTMENT_STATUS, WATTLE_COMPARE_ONE_OF,
                      ((1 << WATTLE_N_APPOINTMENT_STATUS) - 1) & ~(1 << WATTLE_APPOINTMENT_STATUS_CANCELLED));
  wattle_query_order_by (&query, WATTLE_APPOINTMENT_STARTS_AT, FALSE);
  query.limit = MAX_VISITS;
  rows = wattle_reader_query (reading->reader, &query, error);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      WattleDiaryVisit *visit = visit_new (reading, g_ptr_array_index (rows, i), person);

      g_ptr_array_add (diary->visits, visit);
      add_boxes (diary, visit);
    }
  return rows != NULL;
}

static int
compare_boxes (gconstpointer a, gconstpointer b)
{
  const WattleDiaryBox *left = a;
  const WattleDiaryBox *right = b;

  if (left->lane != right->lane)
    return left->lane < right->lane ? -1 : 1;
  if (left->place.start != right->place.start)
    return left->place.start < right->place.start ? -1 : 1;
  return left->place.end < right->place.end ? 1 : left->place.end > right->place.end ? -1 : 0;
}

static void
place_boxes (WattleDiary *diary)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (WattleDiaryPlacement));
  guint first = 0;

  g_array_sort (diary->boxes, compare_boxes);
  for (guint i = 0; i <= diary->boxes->len; i++)
    {
      if (i < diary->boxes->len && g_array_index (diary->boxes, WattleDiaryBox, i).lane
                                     == g_array_index (diary->boxes, WattleDiaryBox, first).lane)
        {
          g_array_append_val (places, g_array_index (diary->boxes, WattleDiaryBox, i).place);
          continue;
        }
      wattle_diary_place ((WattleDiaryPlacement *) places->data, places->len);
      for (guint j = 0; j < places->len; j++)
        g_array_index (diary->boxes, WattleDiaryBox, first + j).place
          = g_array_index (places, WattleDiaryPlacement, j);
      g_array_set_size (places, 0);
      first = i;
      if (i < diary->boxes->len)
        g_array_append_val (places, g_array_index (diary->boxes, WattleDiaryBox, i).place);
    }
}

static void
note_hours (WattleDiary *diary, guint day, GArray *closed)
{
  const WattleDiaryDay *which = &diary->axis.days[day];
  const WattleSpan *first = closed->len > 0 ? &g_array_index (closed, WattleSpan, 0) : NULL;
  int opens;

  if (first != NULL && first->start == which->start && first->end >= which->end)
    return;
  diary->any_hours = TRUE;
  opens = first != NULL && first->start == which->start
            ? (int) wattle_diary_axis_position (&diary->axis, day, first->end)
            : 0;
  diary->opens = MIN (diary->opens, opens);
}

/* Closed is when the practitioner works at none of the places shown. */
static gboolean
read_hours (Reading *reading, guint day, guint person, GError **error)
{
  WattleDiary *diary = reading->diary;
  const WattleDiaryPerson *who = g_ptr_array_index (diary->people, person);
  GArray *closed = NULL;

  for (guint i = 0; reading->places[i] != NULL; i++)
    {
      GArray *there = wattle_closed_bands (reading->reader, who->id, reading->places[i],
                                           diary->axis.days[day].date, error);
      GArray *both = there != NULL && closed != NULL ? wattle_diary_common (closed, there) : NULL;

      if (there == NULL)
        {
          g_clear_pointer (&closed, g_array_unref);
          return FALSE;
        }
      if (both != NULL)
        {
          g_array_unref (closed);
          g_array_unref (there);
          closed = both;
        }
      else
        closed = there;
    }
  if (closed == NULL)
    closed = g_array_new (FALSE, FALSE, sizeof (WattleSpan));
  note_hours (diary, day, closed);
  g_ptr_array_add (diary->closed, closed);
  return TRUE;
}

static void
read_holidays (Reading *reading, guint day)
{
  WattleDiary *diary = reading->diary;
  gint64 date = diary->axis.days[day].date;
  guint states = 0;
  GString *names = g_string_new (NULL);

  diary->holiday_from[day] = -1;
  for (guint i = 0; reading->places[i] != NULL; i++)
    {
      WattleRecord *place = look_up (reading, WATTLE_RECORD_LOCATION, reading->places[i]);
      int state = place != NULL ? (int) wattle_record_get_integer (place, WATTLE_LOCATION_STATE) : 0;
      g_autoptr (GPtrArray) holidays = NULL;

      if (place == NULL || (states & 1u << state) != 0)
        continue;
      states |= 1u << state;
      holidays = wattle_holidays_for (wattle_enum_nick (wattle_enum_find ("au_state"), state), date, date);
      for (guint j = 0; j < holidays->len; j++)
        {
          const WattleHoliday *holiday = g_ptr_array_index (holidays, j);
          g_autofree char *name = wattle_holiday_display (holiday);

          g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
          if (*holiday->region == '\0' && (diary->holiday_from[day] < 0 || holiday->start_minute < 0))
            diary->holiday_from[day] = MAX (holiday->start_minute, 0);
        }
    }
  g_ptr_array_add (diary->holidays, g_string_free (names, FALSE));
}

static gboolean
read_people (Reading *reading, const char *const *ids, GError **error)
{
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (WattleRecord) practitioner
        = wattle_reader_get (reading->reader, WATTLE_RECORD_PRACTITIONER, ids[i], NULL);

      if (practitioner == NULL)
        continue;
      g_ptr_array_add (reading->diary->people, person_new (practitioner));
    }
  /* How many stand side by side decides the lane of every visit. */
  for (guint i = 0; i < reading->diary->people->len; i++)
    if (!read_visits (reading, i, error))
      return FALSE;
  return TRUE;
}

static int
compare_visits (gconstpointer a, gconstpointer b)
{
  const WattleDiaryVisit *left = *(WattleDiaryVisit *const *) a;
  const WattleDiaryVisit *right = *(WattleDiaryVisit *const *) b;

  return (left->starts > right->starts) - (left->starts < right->starts);
}

static WattleDiary *
diary_new (const char *key, GTimeZone *zone, gint64 first, guint n_days)
{
  WattleDiary *diary = g_new0 (WattleDiary, 1);

  g_atomic_ref_count_init (&diary->references);
  diary->key = g_strdup (key);
  diary->zone = g_time_zone_ref (zone);
  diary->people = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  diary->visits = g_ptr_array_new_with_free_func ((GDestroyNotify) visit_free);
  diary->boxes = g_array_new (FALSE, FALSE, sizeof (WattleDiaryBox));
  diary->closed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  diary->holidays = g_ptr_array_new_with_free_func (g_free);
  diary->opens = 24 * 60;
  wattle_diary_axis_init (&diary->axis, zone, first, n_days);
  return diary;
}

/**
 * wattle_diary_arguments:
 * @key: comes back in the answer
 * @first: the first date
 * @n_days: how many
 * @zone: IANA zone of the wall clock
 * @people: (array zero-terminated=1): ids of practitioners
 * @places: (array zero-terminated=1): ids of the locations whose hours and holidays are shown
 *
 * Returns: (transfer floating): what wattle_diary_read() wants
 */
GVariant *
wattle_diary_arguments (const char *key,
                        gint64 first,
                        guint n_days,
                        const char *zone,
                        const char *const *people,
                        const char *const *places)
{
  return g_variant_new ("(sxus^as^as)", key, first, n_days, zone, people, places);
}

/**
 * wattle_diary_read:
 * @transaction: a read transaction
 * @arguments: from wattle_diary_arguments()
 * @cancellable: polled between practitioners
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): a #WattleDiary
 */
gpointer
wattle_diary_read (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, record_free);
  g_autofree const char **people = NULL;
  g_autofree const char **places = NULL;
  g_autoptr (WattleDiary) diary = NULL;
  Reading reading = { wattle_transaction_reader (transaction), NULL, records, NULL };
  const char *key, *zone_name;
  GTimeZone *zone;
  gint64 first;
  guint n_days;

  g_variant_get (arguments, "(&sxu&s^a&s^a&s)", &key, &first, &n_days, &zone_name, &people, &places);
  zone = wattle_zone_lookup (zone_name, error);
  if (zone == NULL)
    return NULL;
  diary = reading.diary = diary_new (key, zone, first, n_days);
  reading.places = places;
  if (!read_people (&reading, people, error))
    return NULL;
  for (guint day = 0; day < diary->axis.n_days; day++)
    {
      read_holidays (&reading, day);
      for (guint person = 0; person < diary->people->len; person++)
        if (g_cancellable_set_error_if_cancelled (cancellable, error) || !read_hours (&reading, day, person, error))
          return NULL;
    }
  if (!diary->any_hours)
    diary->opens = USUAL_OPENING;
  g_ptr_array_sort (diary->visits, compare_visits);
  place_boxes (diary);
  return g_steal_pointer (&diary);
}

/**
 * wattle_diary_ref:
 * @self: a diary
 *
 * Returns: (transfer full): @self
 */
WattleDiary *
wattle_diary_ref (WattleDiary *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wattle_diary_unref:
 * @self: (transfer full): a diary
 */
void
wattle_diary_unref (WattleDiary *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->key);
  g_time_zone_unref (self->zone);
  g_ptr_array_unref (self->people);
  g_ptr_array_unref (self->visits);
  g_array_unref (self->boxes);
  g_ptr_array_unref (self->closed);
  g_ptr_array_unref (self->holidays);
  g_free (self);
}

/**
 * wattle_diary_visit_times:
 * @self: a diary
 * @starts: instant
 * @ends: instant
 *
 * Returns: (transfer full): such as "9:30 am to 10:20 am"
 */
char *
wattle_diary_visit_times (const WattleDiary *self, gint64 starts, gint64 ends)
{
  g_autofree char *from = wattle_display_time (starts, self->zone);
  g_autofree char *to = wattle_display_time (ends, self->zone);

  return g_strdup_printf (_("%s to %s"), from, to);
}

/**
 * wattle_diary_visit_name:
 * @self: a diary
 * @visit: one of its visits
 *
 * Returns: (transfer full): what a screen reader says, such as
 *   "9:30 am to 10:20 am, Priya Nguyen, Therapy session, Booked"
 */
char *
wattle_diary_visit_name (const WattleDiary *self, const WattleDiaryVisit *visit)
{
  g_autofree char *times = wattle_diary_visit_times (self, visit->starts, visit->ends);
  GString *name = g_string_new (times);

  g_string_append_printf (name, ", %s", visit->who);
  if (visit->what != NULL)
    g_string_append_printf (name, ", %s", visit->what);
  if (visit->patient != NULL)
    {
      g_string_append_printf (name, ", %s",
                              _(wattle_enum_label (wattle_enum_find ("appointment_status"), visit->status)));
      if (visit->modality != WATTLE_MODALITY_IN_PERSON)
        g_string_append_printf (name, ", %s", _(wattle_enum_label (wattle_enum_find ("modality"), visit->modality)));
    }
  if (self->people->len > 1)
    g_string_append_printf (name, ", %s",
                            ((WattleDiaryPerson *) g_ptr_array_index (self->people, visit->person))->name);
  return g_string_free (name, FALSE);
}

static GPtrArray *
read_all (WattleReader *reader, WattleRecordType type, GError **error)
{
  WattleQuery query = wattle_query (type);

  return wattle_reader_query (reader, &query, error);
}

static gboolean
is_active (WattleRecord *record, WattleFieldId field)
{
  return !wattle_record_has (record, field) || wattle_record_get_boolean (record, field);
}

static GStrv
rooms_of (WattleRecord *location)
{
  const char *rooms = wattle_record_get_string (location, WATTLE_LOCATION_ROOMS);
  g_auto (GStrv) lines = g_strsplit (rooms != NULL ? rooms : "", "\n", -1);
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();

  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_strv_builder_add (kept, lines[i]);
  return g_strv_builder_end (kept);
}

static int
compare_people (gconstpointer a, gconstpointer b)
{
  const WattleDiaryPerson *left = *(WattleDiaryPerson *const *) a;
  const WattleDiaryPerson *right = *(WattleDiaryPerson *const *) b;

  return g_utf8_collate (left->short_name, right->short_name);
}

static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate ((*(WattleDiaryKind *const *) a)->name, (*(WattleDiaryKind *const *) b)->name);
}

/**
 * wattle_diary_roster_read:
 * @transaction: a read transaction
 * @arguments: none
 * @cancellable: not used: there is little to read
 * @error: the failure
 *
 * Returns: (transfer full) (nullable): a #WattleDiaryRoster
 */
gpointer
wattle_diary_roster_read (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable,
                          GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  g_autoptr (WattleDiaryRoster) roster = g_new0 (WattleDiaryRoster, 1);
  g_autoptr (GPtrArray) people = read_all (reader, WATTLE_RECORD_PRACTITIONER, error);
  g_autoptr (GPtrArray) places = people != NULL ? read_all (reader, WATTLE_RECORD_LOCATION, error) : NULL;
  g_autoptr (GPtrArray) kinds = places != NULL ? read_all (reader, WATTLE_RECORD_APPOINTMENT_TYPE, error) : NULL;

  g_atomic_ref_count_init (&roster->references);
  if (kinds == NULL)
    return NULL;
  roster->people = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);
  roster->places = g_ptr_array_new_with_free_func ((GDestroyNotify) place_free);
  roster->kinds = g_ptr_array_new_with_free_func ((GDestroyNotify) kind_free);
  roster->slot_minutes = (int) wattle_setting_get_integer (reader, "slot_minutes");
  for (guint i = 0; i < people->len; i++)
    if (is_active (g_ptr_array_index (people, i), WATTLE_PRACTITIONER_ACTIVE))
      g_ptr_array_add (roster->people, person_new (g_ptr_array_index (people, i)));
  g_ptr_array_sort (roster->people, compare_people);
  for (guint i = 0; i < places->len; i++)
    {
      WattleRecord *location = g_ptr_array_index (places, i);
      WattleDiaryPlace *place = g_new0 (WattleDiaryPlace, 1);

      place->id = g_strdup (wattle_record_id (location));
      place->name = g_strdup (wattle_record_get_string (location, WATTLE_LOCATION_NAME));
      place->zone = g_strdup (wattle_record_get_string (location, WATTLE_LOCATION_ZONE));
      place->rooms = rooms_of (location);
      g_ptr_array_add (roster->places, place);
    }
  for (guint i = 0; i < kinds->len; i++)
    {
      WattleRecord *type = g_ptr_array_index (kinds, i);
      WattleDiaryKind *kind;

      if (!is_active (type, WATTLE_APPOINTMENT_TYPE_ACTIVE))
        continue;
      kind = g_new0 (WattleDiaryKind, 1);
      kind->id = g_strdup (wattle_record_id (type));
      kind->name = g_strdup (wattle_record_get_string (type, WATTLE_APPOINTMENT_TYPE_NAME));
      kind->minutes = (int) wattle_record_get_integer (type, WATTLE_APPOINTMENT_TYPE_MINUTES);
      kind->modality = (int) wattle_record_get_integer (type, WATTLE_APPOINTMENT_TYPE_MODALITY);
      g_ptr_array_add (roster->kinds, kind);
    }
  g_ptr_array_sort (roster->kinds, compare_kinds);
  return g_steal_pointer (&roster);
}

/**
 * wattle_diary_roster_ref:
 * @self: a roster
 *
 * Returns: (transfer full): @self
 */
WattleDiaryRoster *
wattle_diary_roster_ref (WattleDiaryRoster *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * wattle_diary_roster_unref:
 * @self: (transfer full): a roster
 */
void
wattle_diary_roster_unref (WattleDiaryRoster *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->people, g_ptr_array_unref);
  g_clear_pointer (&self->places, g_ptr_array_unref);
  g_clear_pointer (&self->kinds, g_ptr_array_unref);
  g_free (self);
}

/**
 * wattle_diary_roster_person:
 * @self: a roster
 * @id: (nullable): of a practitioner
 *
 * Returns: (transfer none) (nullable): the practitioner
 */
WattleDiaryPerson *
wattle_diary_roster_person (WattleDiaryRoster *self, const char *id)
{
  for (guint i = 0; i < self->people->len; i++)
    {
      WattleDiaryPerson *person = g_ptr_array_index (self->people, i);

      if (g_strcmp0 (person->id, id) == 0)
        return person;
    }
  return NULL;
}

/**
 * wattle_diary_patient_name:
 * @patient: a patient
 *
 * Returns: (transfer full): the name one calls them by and the family name, as the diary has it
 */
char *
wattle_diary_patient_name (WattleRecord *patient)
{
  const char *preferred = wattle_record_get_string (patient, WATTLE_PATIENT_PREFERRED_NAME);
  const char *given = wattle_record_get_string (patient, WATTLE_PATIENT_GIVEN_NAMES);
  const char *family = wattle_record_get_string (patient, WATTLE_PATIENT_FAMILY_NAME);

  if (preferred != NULL && *preferred != '\0')
    given = preferred;
  if (given == NULL || family == NULL)
    return g_strdup (given != NULL ? given : family != NULL ? family : "");
  return g_strjoin (" ", given, family, NULL);
}
