/* booking-dialog.c: who, what, with whom, where and when: a new visit
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/booking-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/schedule/bookings.h"
#include "app/schedule/diary-data.h"
#include "app/schedule/free-times.h"
#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/error.h"
#include "base/id.h"

#define MAX_FOUND 6
#define USUAL_MINUTES 30

struct _WattleBookingDialog
{
  AdwWindow parent;
  WattleContext *context;
  GWeakRef origin; /* where the person asked; toasts go there */
  WattleDiaryRoster *roster;
  GPtrArray *hits; /* (element-type WattleSearchHit) of the last search */
  GCancellable *searching;
  GCancellable *looking;
  char *patient;
  char *practitioner; /* as asked for, until the choices are there */
  char *location;
  char *kind_id;
  gint64 starts; /* 0 while what is typed is no time */
  gint64 from;
  char *id; /* of the visit that is being booked */
  gboolean keep_length;
  gboolean filling;
  gboolean booking;
  GtkButton *book;
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
  GtkEditable *search;
  GtkListBox *found;
  GtkListBox *chosen;
  AdwActionRow *patient_row;
  AdwComboRow *kind;
  AdwComboRow *person;
  AdwComboRow *modality;
  AdwComboRow *place;
  AdwComboRow *room;
  GtkEditable *reason;
  GtkEditable *date;
  GtkEditable *time;
  GtkPopover *date_popover;
  GtkCalendar *calendar;
  GtkSpinButton *length;
  GtkLabel *summary;
  GtkWidget *free_group;
  GtkFlowBox *free;
};

G_DEFINE_FINAL_TYPE (WattleBookingDialog, wattle_booking_dialog, ADW_TYPE_WINDOW)

static const WattleDiaryPlace *
place_of (WattleBookingDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->place);

  return selected < self->roster->places->len ? g_ptr_array_index (self->roster->places, selected) : NULL;
}

static const WattleDiaryPerson *
person_of (WattleBookingDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->person);

  return selected < self->roster->people->len ? g_ptr_array_index (self->roster->people, selected) : NULL;
}

static const WattleDiaryKind *
kind_of (WattleBookingDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->kind);

  return selected < self->roster->kinds->len ? g_ptr_array_index (self->roster->kinds, selected) : NULL;
}

static GTimeZone *
zone_of (WattleBookingDialog *self)
{
  const WattleDiaryPlace *place = self->roster != NULL ? place_of (self) : NULL;
  GTimeZone *zone = place != NULL ? wattle_zone_lookup (place->zone, NULL) : NULL;

  return zone != NULL ? zone : wattle_context_zone (self->context);
}

static guint
minutes_of (WattleBookingDialog *self)
{
  return (guint) gtk_spin_button_get_value_as_int (self->length);
}

static void
show_problem (WattleBookingDialog *self, const char *sentence)
{
  gtk_revealer_set_reveal_child (self->problem_revealer, sentence != NULL);
  if (sentence != NULL)
    gtk_label_set_label (self->problem, sentence);
}

static void
mark (gpointer row, gboolean bad)
{
  if (bad)
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
}

static void
show_summary (WattleBookingDialog *self, const WattleFreeTimes *times)
{
  GTimeZone *zone = zone_of (self);
  g_autofree char *day = NULL;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *text = NULL;
  gint64 date;

  if (self->starts == 0)
    {
      gtk_label_set_label (self->summary, "");
      return;
    }
  wattle_zone_to_local (self->starts, zone, &date, NULL, NULL);
  day = wattle_date_display_long (date);
  from = wattle_display_time (self->starts, zone);
  to = wattle_display_time (self->starts + minutes_of (self) * WATTLE_MINUTE, zone);
  text = g_strdup_printf (_("%s, %s to %s%s"), day, from, to,
                          times == NULL    ? ""
                          : times->taken   ? _(" – another visit is booked then")
                          : times->outside ? _(" – outside working hours")
                                           : "");
  gtk_label_set_label (self->summary, text);
  if (times != NULL && times->taken)
    gtk_widget_add_css_class (GTK_WIDGET (self->summary), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->summary), "error");
}

static void
set_time (WattleBookingDialog *self, gint64 starts)
{
  gint64 date;
  int second;
  g_autofree char *day = NULL;
  g_autofree char *time = NULL;

  wattle_zone_to_local (starts, zone_of (self), &date, &second, NULL);
  day = wattle_date_display (date);
  time = wattle_time_display (second);
  self->filling = TRUE;
  gtk_editable_set_text (self->date, day);
  gtk_editable_set_text (self->time, time);
  self->filling = FALSE;
  mark (self->date, FALSE);
  mark (self->time, FALSE);
  self->starts = starts;
}

static void look_for_times (WattleBookingDialog *self);

static void
slot_cb (GtkButton *button, WattleBookingDialog *self)
{
  gint64 *start = g_object_get_data (G_OBJECT (button), "start");

  set_time (self, *start);
  show_problem (self, NULL);
  show_summary (self, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->book));
}

static GtkWidget *
slot_button (WattleBookingDialog *self, gint64 start)
{
  g_autofree char *label = wattle_display_date_time (start, zone_of (self));
  GtkWidget *button = gtk_button_new_with_label (label); /* lint: allow plain-widget: one for each free time */

  g_object_set_data_full (G_OBJECT (button), "start", g_memdup2 (&start, sizeof start), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (slot_cb), self);
  return button;
}

static void
times_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleBookingDialog *self = owner;
  const WattleFreeTimes *times = result;
  GtkFlowBoxChild *child;

  while ((child = gtk_flow_box_get_child_at_index (self->free, 0)) != NULL)
    gtk_flow_box_remove (self->free, GTK_WIDGET (child));
  gtk_widget_set_visible (self->free_group, times != NULL && times->slots->len > 0);
  if (times == NULL)
    return;
  for (guint i = 0; i < times->slots->len; i++)
    {
      gtk_flow_box_append (self->free, slot_button (self, g_array_index (times->slots, WattleSpan, i).start));
      gtk_widget_set_focusable (GTK_WIDGET (gtk_flow_box_get_child_at_index (self->free, (int) i)), FALSE);
    }
  /* Asked without a time, the next free one is meant. */
  if (self->starts == 0 && *gtk_editable_get_text (self->time) == '\0' && times->slots->len > 0)
    {
      set_time (self, g_array_index (times->slots, WattleSpan, 0).start);
      show_summary (self, NULL);
    }
  else
    show_summary (self, times);
}

static void
look_for_times (WattleBookingDialog *self)
{
  const WattleDiaryPlace *place = self->roster != NULL ? place_of (self) : NULL;
  const WattleDiaryPerson *person = self->roster != NULL ? person_of (self) : NULL;
  gint64 from;

  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  if (place == NULL || person == NULL)
    return;
  self->looking = g_cancellable_new ();
  from = MAX (self->starts != 0 ? self->starts : self->from, wattle_context_now (self->context));
  wattle_context_load (self->context, wattle_free_times_read,
                       wattle_free_times_arguments (person->id, place->id, self->starts, from, minutes_of (self)),
                       (GDestroyNotify) wattle_free_times_free, self->looking, self, times_cb);
}

/* Reads what was typed; a time that the clocks skip is none. */
static gboolean
take_time (WattleBookingDialog *self, GError **error)
{
  gint64 today, date;
  int second;

  self->starts = 0;
  wattle_zone_to_local (wattle_context_now (self->context), zone_of (self), &today, NULL, NULL);
  if (!wattle_date_parse_typed (gtk_editable_get_text (self->date), today, &date, error))
    {
      mark (self->date, TRUE);
      return FALSE;
    }
  mark (self->date, FALSE);
  if (!wattle_time_parse_typed (gtk_editable_get_text (self->time), &second, error)
      || !wattle_zone_to_instant (zone_of (self), date, second, WATTLE_WALL_EARLIER, &self->starts, error))
    {
      mark (self->time, TRUE);
      return FALSE;
    }
  mark (self->time, FALSE);
  return TRUE;
}

static void
time_cb (WattleBookingDialog *self)
{
  if (self->filling || self->roster == NULL)
    return;
  if (take_time (self, NULL))
    look_for_times (self);
  show_problem (self, NULL);
  show_summary (self, NULL);
}

static void
length_cb (WattleBookingDialog *self)
{
  if (self->filling || self->roster == NULL)
    return;
  show_summary (self, NULL);
  look_for_times (self);
}

static void
edited_cb (WattleBookingDialog *self)
{
  show_problem (self, NULL);
}

static void
kind_cb (WattleBookingDialog *self)
{
  const WattleDiaryKind *kind = self->roster != NULL ? kind_of (self) : NULL;

  if (self->filling || kind == NULL)
    return;
  adw_combo_row_set_selected (self->modality, (guint) kind->modality);
  if (kind->minutes > 0)
    gtk_spin_button_set_value (self->length, kind->minutes);
}

static void
show_rooms (WattleBookingDialog *self)
{
  const WattleDiaryPlace *place = place_of (self);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _("None"));
  for (guint i = 0; place != NULL && place->rooms[i] != NULL; i++)
    gtk_string_list_append (names, place->rooms[i]);
  adw_combo_row_set_model (self->room, G_LIST_MODEL (names));
  gtk_widget_set_visible (GTK_WIDGET (self->room), g_list_model_get_n_items (G_LIST_MODEL (names)) > 1);
}

static void
place_cb (WattleBookingDialog *self)
{
  if (self->filling || self->roster == NULL)
    return;
  self->filling = TRUE;
  show_rooms (self);
  self->filling = FALSE;
  /* What is typed is a time of the clock at the place. */
  if (*gtk_editable_get_text (self->time) != '\0')
    take_time (self, NULL);
  show_problem (self, NULL);
  show_summary (self, NULL);
  look_for_times (self);
}

static void
day_cb (WattleBookingDialog *self)
{
  g_autoptr (GDateTime) picked = gtk_calendar_get_date (self->calendar);
  gint64 date;

  if (wattle_date_from_ymd (g_date_time_get_year (picked), g_date_time_get_month (picked),
                            g_date_time_get_day_of_month (picked), &date))
    {
      g_autofree char *text = wattle_date_display (date);

      gtk_editable_set_text (self->date, text);
      gtk_popover_popdown (self->date_popover);
    }
}

static void
clear_found (WattleBookingDialog *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->found, 0)) != NULL)
    gtk_list_box_remove (self->found, GTK_WIDGET (row));
}

static void
show_patient (WattleBookingDialog *self, WattleRecord *patient)
{
  g_autofree char *name = wattle_display_patient (patient);
  g_autofree char *line = wattle_display_patient_line (patient, wattle_context_today (self->context));
  g_autofree char *title = g_markup_escape_text (name, -1);
  g_autofree char *subtitle = g_markup_escape_text (line, -1);

  g_free (self->patient);
  self->patient = g_strdup (wattle_record_id (patient));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->patient_row), title);
  adw_action_row_set_subtitle (self->patient_row, subtitle);
  gtk_widget_set_visible (GTK_WIDGET (self->chosen), TRUE);
  /* What has the cursor is not hidden before something else has it. */
  gtk_widget_child_focus (GTK_WIDGET (self->kind), GTK_DIR_TAB_FORWARD);
  gtk_widget_set_visible (GTK_WIDGET (self->search), FALSE);
  clear_found (self);
  gtk_widget_set_visible (GTK_WIDGET (self->found), FALSE);
  show_problem (self, NULL);
}

static void
pick (WattleBookingDialog *self, guint index)
{
  if (self->hits == NULL || index >= self->hits->len)
    return;
  show_patient (self, ((WattleSearchHit *) g_ptr_array_index (self->hits, index))->record);
}

static void
picked_cb (WattleBookingDialog *self, GtkListBoxRow *row)
{
  pick (self, (guint) gtk_list_box_row_get_index (row));
}

static void
first_cb (WattleBookingDialog *self)
{
  pick (self, 0);
}

static void
stop_cb (WattleBookingDialog *self)
{
  if (*gtk_editable_get_text (self->search) == '\0')
    gtk_window_close (GTK_WINDOW (self));
  else
    gtk_editable_set_text (self->search, "");
}

/* While it is being saved it stays: it alone knows what to say when that fails, and what to undo. */
static gboolean
close_cb (WattleBookingDialog *self)
{
  return self->booking;
}

static void
change_cb (WattleBookingDialog *self)
{
  g_clear_pointer (&self->patient, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self->chosen), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->search), TRUE);
  gtk_editable_set_text (self->search, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
hits_free (gpointer hits)
{
  g_ptr_array_unref (hits);
}

static gpointer
search_work (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  return wattle_transaction_search (transaction, WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT),
                                    g_variant_get_string (arguments, NULL), MAX_FOUND, error);
}

static void
hits_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleBookingDialog *self = owner;

  g_clear_pointer (&self->hits, g_ptr_array_unref);
  clear_found (self);
  if (result != NULL)
    self->hits = g_ptr_array_ref (result);
  for (guint i = 0; self->hits != NULL && i < self->hits->len; i++)
    {
      WattleRecord *patient = ((WattleSearchHit *) g_ptr_array_index (self->hits, i))->record;
      GtkWidget *line = adw_action_row_new ();
      g_autofree char *name = wattle_display_patient (patient);
      g_autofree char *about = wattle_display_patient_line (patient, wattle_context_today (self->context));
      g_autofree char *title = g_markup_escape_text (name, -1);
      g_autofree char *subtitle = g_markup_escape_text (about, -1);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (line), subtitle);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (line), TRUE);
      gtk_accessible_update_property (GTK_ACCESSIBLE (line), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      gtk_list_box_append (self->found, line);
    }
  if (self->hits != NULL && self->hits->len == 0)
    {
      GtkWidget *line = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (line), _("Nobody found"));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (line),
                                   _("Try fewer letters, or add the patient in Patients first."));
      gtk_list_box_append (self->found, line);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->found), self->hits != NULL && self->patient == NULL);
}

static void
typed_cb (WattleBookingDialog *self)
{
  const char *typed = gtk_editable_get_text (self->search);

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  if (*typed == '\0')
    {
      gtk_widget_set_visible (GTK_WIDGET (self->found), FALSE);
      g_clear_pointer (&self->hits, g_ptr_array_unref);
      return;
    }
  self->searching = g_cancellable_new ();
  wattle_context_load (self->context, search_work, g_variant_new_string (typed), hits_free, self->searching, self,
                       hits_cb);
}

static gpointer
patient_work (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  return wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_PATIENT,
                            g_variant_get_string (arguments, NULL), error);
}

static void
patient_cb (gpointer owner, gpointer result, const GError *error)
{
  if (result != NULL)
    show_patient (owner, result);
}

static char *
booking_args (WattleBookingDialog *self)
{
  g_autoptr (WattleRecord) visit = wattle_record_new (WATTLE_RECORD_APPOINTMENT);
  g_autofree char *id = wattle_id_new ();
  const WattleDiaryPlace *place = place_of (self);
  const WattleDiaryKind *kind = kind_of (self);
  const char *reason = gtk_editable_get_text (self->reason);
  guint room = adw_combo_row_get_selected (self->room);
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);

  wattle_record_set_id (visit, id);
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PATIENT, self->patient);
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_PRACTITIONER, person_of (self)->id);
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_LOCATION, place->id);
  wattle_record_set_string (visit, WATTLE_APPOINTMENT_ZONE, place->zone);
  if (kind != NULL)
    wattle_record_set_string (visit, WATTLE_APPOINTMENT_TYPE, kind->id);
  if (room > 0 && room <= g_strv_length (place->rooms))
    wattle_record_set_string (visit, WATTLE_APPOINTMENT_ROOM, place->rooms[room - 1]);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_MODALITY, adw_combo_row_get_selected (self->modality));
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STATUS, WATTLE_APPOINTMENT_STATUS_TENTATIVE);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_STARTS_AT, self->starts);
  wattle_record_set_integer (visit, WATTLE_APPOINTMENT_ENDS_AT, self->starts + minutes_of (self) * WATTLE_MINUTE);
  if (*reason != '\0')
    wattle_record_set_string (visit, WATTLE_APPOINTMENT_REASON, reason);
  wattle_json_begin_object (&writer);
  wattle_json_name (&writer, "appointment");
  wattle_record_write_json (visit, &writer);
  wattle_json_end_object (&writer);
  g_free (self->id);
  self->id = g_steal_pointer (&id);
  return g_string_free (text, FALSE);
}

static gboolean
booked_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleBookingDialog *self = WATTLE_BOOKING_DIALOG (widget);
  g_autofree char *args = data;
  g_autoptr (GtkWidget) origin = g_weak_ref_get (&self->origin);

  self->booking = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->book), TRUE);
  if (error != NULL)
    {
      const char *field = wattle_error_get_field (error);

      show_problem (self, error->message);
      mark (self->time, g_strcmp0 (field, "starts_at") == 0);
      mark (self->room, g_strcmp0 (field, "room") == 0);
      look_for_times (self);
      return TRUE;
    }
  wattle_bookings_remember (self->context, operation_id, "appointment.book", args);
  if (kind_of (self) != NULL)
    g_settings_set_string (wattle_context_settings (self->context), "schedule-type", kind_of (self)->id);
  if (origin != NULL)
    {
      g_autofree char *undo = g_strdup_printf ("{\"id\":\"%s\",\"reason\":\"booked_in_error\"}", self->id);
      g_autofree char *when = wattle_display_date_time (self->starts, zone_of (self));
      g_autofree char *text = g_strdup_printf (_("Booked for %s"), when);

      wattle_toast_undo (origin, self->context, text, "appointment.cancel", undo);
    }
  gtk_window_destroy (GTK_WINDOW (self));
  return TRUE;
}

static void
book_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleBookingDialog *self = WATTLE_BOOKING_DIALOG (widget);
  g_autoptr (GError) error = NULL;
  char *args;

  if (self->booking || self->roster == NULL)
    return;
  if (self->patient == NULL)
    {
      show_problem (self, _("Choose the patient first."));
      gtk_widget_grab_focus (GTK_WIDGET (self->search));
      return;
    }
  if (person_of (self) == NULL || place_of (self) == NULL)
    {
      show_problem (self, _("A visit needs a practitioner and a location."));
      return;
    }
  if (self->starts == 0 && !take_time (self, &error))
    {
      show_problem (self, error->message);
      return;
    }
  self->booking = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->book), FALSE);
  args = booking_args (self);
  wattle_perform (widget, self->context, "appointment.book", args, booked_cb, args);
}

static void
fill_people (WattleBookingDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;
  const WattleActor *actor = wattle_context_actor (self->context);
  const char *wanted = self->practitioner != NULL ? self->practitioner : actor != NULL ? actor->practitioner : NULL;

  for (guint i = 0; i < self->roster->people->len; i++)
    {
      const WattleDiaryPerson *person = g_ptr_array_index (self->roster->people, i);

      gtk_string_list_append (names, person->name);
      if (g_strcmp0 (person->id, wanted) == 0)
        selected = i;
    }
  adw_combo_row_set_model (self->person, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->person, selected);
}

static void
fill_places (WattleBookingDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < self->roster->places->len; i++)
    {
      const WattleDiaryPlace *place = g_ptr_array_index (self->roster->places, i);

      gtk_string_list_append (names, place->name);
      if (g_strcmp0 (place->id, self->location) == 0)
        selected = i;
    }
  adw_combo_row_set_model (self->place, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->place, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->place), self->roster->places->len > 1);
}

static void
fill_kinds (WattleBookingDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  g_autofree char *last = g_settings_get_string (wattle_context_settings (self->context), "schedule-type");
  guint selected = 0;

  for (guint i = 0; i < self->roster->kinds->len; i++)
    {
      const WattleDiaryKind *kind = g_ptr_array_index (self->roster->kinds, i);

      gtk_string_list_append (names, kind->name);
      if (g_strcmp0 (kind->id, self->kind_id != NULL ? self->kind_id : last) == 0)
        selected = i;
    }
  adw_combo_row_set_model (self->kind, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->kind, selected);
  gtk_widget_set_visible (GTK_WIDGET (self->kind), self->roster->kinds->len > 0);
}

static void
fill_modalities (WattleBookingDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (int i = 0; i < WATTLE_N_MODALITY; i++)
    gtk_string_list_append (names, _(wattle_enum_label (wattle_enum_find ("modality"), i)));
  adw_combo_row_set_model (self->modality, G_LIST_MODEL (names));
}

static void
roster_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleBookingDialog *self = owner;
  guint minutes = minutes_of (self);

  if (error != NULL)
    {
      show_problem (self, error->message);
      return;
    }
  self->roster = wattle_diary_roster_ref (result);
  self->filling = TRUE;
  fill_modalities (self);
  fill_people (self);
  fill_places (self);
  fill_kinds (self);
  show_rooms (self);
  self->filling = FALSE;
  kind_cb (self);
  if (self->keep_length)
    gtk_spin_button_set_value (self->length, minutes);
  if (self->starts != 0)
    {
      set_time (self, self->starts);
      show_summary (self, NULL);
    }
  look_for_times (self);
}

static void
wattle_booking_dialog_dispose (GObject *object)
{
  WattleBookingDialog *self = WATTLE_BOOKING_DIALOG (object);

  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  g_clear_pointer (&self->hits, g_ptr_array_unref);
  g_clear_pointer (&self->roster, wattle_diary_roster_unref);
  g_clear_object (&self->context);
  g_clear_pointer (&self->patient, g_free);
  g_clear_pointer (&self->practitioner, g_free);
  g_clear_pointer (&self->location, g_free);
  g_clear_pointer (&self->kind_id, g_free);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (wattle_booking_dialog_parent_class)->dispose (object);
}

static void
wattle_booking_dialog_finalize (GObject *object)
{
  g_weak_ref_clear (&WATTLE_BOOKING_DIALOG (object)->origin);
  G_OBJECT_CLASS (wattle_booking_dialog_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/schedule/booking-dialog.ui");
#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, WattleBookingDialog, name)
  CHILD (book);
  CHILD (problem_revealer);
  CHILD (problem);
  CHILD (search);
  CHILD (found);
  CHILD (chosen);
  CHILD (patient_row);
  CHILD (kind);
  CHILD (person);
  CHILD (modality);
  CHILD (place);
  CHILD (room);
  CHILD (reason);
  CHILD (date);
  CHILD (time);
  CHILD (date_popover);
  CHILD (calendar);
  CHILD (length);
  CHILD (summary);
  CHILD (free_group);
  CHILD (free);
#undef CHILD
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, picked_cb);
  gtk_widget_class_bind_template_callback (widget_class, change_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, place_cb);
  gtk_widget_class_bind_template_callback (widget_class, day_cb);
  gtk_widget_class_bind_template_callback (widget_class, time_cb);
  gtk_widget_class_bind_template_callback (widget_class, length_cb);
}

static void
wattle_booking_dialog_class_init (WattleBookingDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_booking_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_booking_dialog_finalize;
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "booking.book", NULL, book_action);
}

static void
wattle_booking_dialog_init (WattleBookingDialog *self)
{
  g_weak_ref_init (&self->origin, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (self->free_group, FALSE);
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_booking_dialog_open:
 * @widget: where the person asked, below a toast overlay
 * @context: the context
 * @booking: what is known already
 *
 * Asks for what is missing and books.
 */
void
wattle_booking_dialog_open (GtkWidget *widget, WattleContext *context, const WattleBooking *booking)
{
  WattleBookingDialog *self = g_object_new (WATTLE_TYPE_BOOKING_DIALOG, "transient-for",
                                            gtk_widget_get_root (widget), NULL);

  self->context = g_object_ref (context);
  g_weak_ref_set (&self->origin, widget);
  self->practitioner = g_strdup (booking->practitioner);
  self->location = g_strdup (booking->location);
  self->kind_id = g_strdup (booking->kind);
  self->starts = booking->starts;
  self->from = booking->from;
  if (booking->ends > booking->starts && booking->starts != 0)
    {
      gtk_spin_button_set_value (self->length, (double) ((booking->ends - booking->starts) / WATTLE_MINUTE));
      self->keep_length = TRUE;
    }
  wattle_context_load (context, wattle_diary_roster_read, NULL, (GDestroyNotify) wattle_diary_roster_unref, NULL, self,
                       roster_cb);
  if (booking->patient != NULL)
    wattle_context_load (context, patient_work, g_variant_new_string (booking->patient), g_object_unref, NULL, self,
                         patient_cb);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}
