/* schedule-view.c: the diary of the practice, by day and by week
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/schedule-view.h"

#include <glib/gi18n-lib.h>

#include "app/schedule/booking-dialog.h"
#include "app/schedule/diary-grid.h"
#include "app/schedule/diary-model.h"
#include "app/schedule/diary-paint.h"
#include "app/schedule/diary-rulers.h"
#include "app/schedule/visit-acts.h"
#include "app/schedule/visit-popover.h"
#include "app/settings/record-list.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "base/civil.h"

/* Without a choice a receptionist sees so many diaries. */
#define USUAL_PEOPLE 4
#define WEEK 7

struct _WattleScheduleView
{
  WattleView parent;
  WattleDiaryModel *model;
  WattleDiaryRoster *roster;
  gint64 date;
  guint days;
  gboolean scrolled;
  gboolean wants_focus;
  guint minute;
  gboolean narrow; /* no room for a week: one day at a time */
  guint fitting;
  WattleVisitPopover *popover;
  char *wanted; /* id of the visit to show once it is there */
  GtkWidget *header_start;
  GtkWidget *header_title;
  GtkLabel *range;
  GtkPopover *date_popover;
  GtkCalendar *calendar;
  GtkBox *people;
  GtkWidget *places_separator;
  GtkBox *places;
  AdwSqueezer *probe;
  GtkWidget *wide;
  GtkLabel *place_label;
  GtkWidget *lengths;
  GtkToggleButton *day_button;
  GtkToggleButton *week_button;
  GtkStack *stack;
  AdwStatusPage *empty;
  GtkWidget *add_practitioner;
  GtkScrolledWindow *head_scroll;
  GtkScrolledWindow *hours_scroll;
  GtkScrolledWindow *scroll;
  WattleDiaryHead *head;
  WattleDiaryHours *hours;
  WattleDiaryGrid *grid;
  GtkRevealer *hint_revealer;
  GtkLabel *hint;
};

G_DEFINE_FINAL_TYPE (WattleScheduleView, wattle_schedule_view, WATTLE_TYPE_VIEW)

static WattleContext *
context_of (WattleScheduleView *self)
{
  return wattle_view_context (WATTLE_VIEW (self));
}

static guint
days_shown (WattleScheduleView *self)
{
  return self->narrow ? 1 : self->days;
}

static gint64
first_shown (WattleScheduleView *self)
{
  return days_shown (self) == WEEK ? self->date - (wattle_date_weekday (self->date) - 1) : self->date;
}

/* Those chosen that still take bookings; else the own diary; else the first few. */
static GStrv
people_shown (WattleScheduleView *self)
{
  const WattleActor *actor = wattle_context_actor (context_of (self));
  g_auto (GStrv) chosen = g_settings_get_strv (wattle_context_settings (context_of (self)), "schedule-people");
  g_autoptr (GStrvBuilder) shown = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < self->roster->people->len; i++)
    {
      const WattleDiaryPerson *person = g_ptr_array_index (self->roster->people, i);

      if (g_strv_contains ((const char *const *) chosen, person->id))
        {
          g_strv_builder_add (shown, person->id);
          n++;
        }
    }
  if (n == 0 && actor != NULL && wattle_diary_roster_person (self->roster, actor->practitioner) != NULL)
    {
      g_strv_builder_add (shown, actor->practitioner);
      n++;
    }
  for (guint i = 0; n == 0 && i < MIN (self->roster->people->len, USUAL_PEOPLE); i++)
    g_strv_builder_add (shown, ((WattleDiaryPerson *) g_ptr_array_index (self->roster->people, i))->id);
  return g_strv_builder_end (shown);
}

static WattleDiaryPlace *
place_shown (WattleScheduleView *self)
{
  g_autofree char *chosen = g_settings_get_string (wattle_context_settings (context_of (self)), "schedule-place");

  for (guint i = 0; i < self->roster->places->len; i++)
    {
      WattleDiaryPlace *place = g_ptr_array_index (self->roster->places, i);

      if (self->roster->places->len == 1 || g_str_equal (place->id, chosen))
        return place;
    }
  return NULL;
}

static char *
format_date (gint64 date, const char *format)
{
  g_autoptr (GDateTime) noon = NULL;
  int year, month, day;

  wattle_date_to_ymd (date, &year, &month, &day);
  noon = g_date_time_new_utc (year, month, day, 12, 0, 0);
  return g_date_time_format (noon, format);
}

static void
show_range (WattleScheduleView *self)
{
  gint64 first = first_shown (self);
  gint64 last = first + days_shown (self) - 1;
  g_autofree char *text = NULL;
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;
  int year, month, last_year, last_month;

  wattle_date_to_ymd (first, &year, &month, NULL);
  wattle_date_to_ymd (last, &last_year, &last_month, NULL);
  if (first == last)
    /* The year stands below, with the day of the week. */
    text = self->narrow ? format_date (first, _("%-d %b")) : wattle_date_display_long (first);
  else
    {
      start = format_date (first, year != last_year ? _("%-d %b %Y") : month != last_month ? _("%-d %b") : _("%-d"));
      end = format_date (last, month != last_month ? _("%-d %b %Y") : _("%-d %B %Y"));
      text = g_strdup_printf (_("%s – %s"), start, end);
    }
  gtk_label_set_label (self->range, text);
}

static void
show (WattleScheduleView *self)
{
  WattleDiaryPlace *place = place_shown (self);
  g_auto (GStrv) people = people_shown (self);
  g_autoptr (GPtrArray) places = g_ptr_array_new ();
  const char *zone = place != NULL ? place->zone
                                   : g_time_zone_get_identifier (wattle_context_zone (context_of (self)));

  for (guint i = 0; i < self->roster->places->len; i++)
    {
      WattleDiaryPlace *one = g_ptr_array_index (self->roster->places, i);

      if (place == NULL || one == place)
        g_ptr_array_add (places, one->id);
    }
  g_ptr_array_add (places, NULL);
  gtk_label_set_label (self->place_label, place != NULL && self->roster->places->len > 1 ? place->name : "");
  show_range (self);
  wattle_diary_model_show (self->model, context_of (self), first_shown (self), days_shown (self), zone,
                           (const char *const *) people, (const char *const *) places->pdata);
}

static void
go_to (WattleScheduleView *self, gint64 date)
{
  self->date = CLAMP (date, WATTLE_DATE_MIN + WEEK, WATTLE_DATE_MAX - 2 * WEEK);
  if (self->roster != NULL && wattle_context_is_ready (context_of (self)))
    show (self);
}

static void
set_days (WattleScheduleView *self, guint days)
{
  if (self->days == days)
    return;
  self->days = days;
  g_settings_set_int (wattle_context_settings (context_of (self)), "schedule-days", (int) days);
  gtk_toggle_button_set_active (days == WEEK ? self->week_button : self->day_button, TRUE);
  go_to (self, self->date);
}

static void
scroll_to_start (WattleScheduleView *self, WattleDiary *diary)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroll);
  gint64 now = wattle_context_now (context_of (self));
  int day = wattle_diary_axis_find_day (&diary->axis, now);
  double at = diary->opens - 20;

  if (day >= 0)
    at = MAX (at, wattle_diary_axis_position (&diary->axis, (guint) day, now) - 3 * 60);
  /* The adjustment knows its bounds when the grid has its size. */
  gtk_adjustment_set_upper (adjustment, MAX (gtk_adjustment_get_upper (adjustment),
                                             wattle_diary_grid_height (self->grid)));
  gtk_adjustment_set_value (adjustment, wattle_diary_grid_y_of (self->grid, at));
  self->scrolled = TRUE;
}

static void
show_instead (WattleScheduleView *self, const char *title, const char *text, gboolean may_add)
{
  adw_status_page_set_title (self->empty, title);
  adw_status_page_set_description (self->empty, text);
  gtk_widget_set_visible (self->add_practitioner, may_add);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
show_empty (WattleScheduleView *self)
{
  gboolean manages = wattle_context_may (context_of (self), "setting.set");

  if (wattle_context_is_fetching (context_of (self)))
    {
      show_instead (self, _("Still Being Fetched"), _("The diaries stand here when they have come from the server."),
                    FALSE);
      return;
    }
  show_instead (self, _("No Diaries Yet"),
                manages ? _("A diary begins with a practitioner who takes bookings.")
                        : _("A diary begins with a practitioner who takes bookings. A manager adds them in Settings."),
                manages);
}

/* Goes to the visit that somebody asked for, once it is there. */
static void
show_wanted (WattleScheduleView *self)
{
  GtkWidget *box = self->wanted != NULL ? wattle_diary_grid_find (self->grid, self->wanted) : NULL;

  if (box == NULL)
    return;
  g_clear_pointer (&self->wanted, g_free);
  wattle_diary_grid_select (self->grid, box);
}

static void
loaded_cb (WattleScheduleView *self)
{
  WattleDiary *diary = wattle_diary_model_diary (self->model);
  WattleContext *context = context_of (self);

  if (context == NULL || self->roster == NULL || diary == NULL || !wattle_context_is_ready (context))
    return;
  if (diary->people->len == 0)
    {
      show_empty (self);
      return;
    }
  wattle_diary_grid_set_now (self->grid, wattle_context_now (context));
  wattle_diary_grid_set (self->grid, diary, self->roster->slot_minutes,
                         wattle_context_may (context, "appointment.book"));
  wattle_diary_head_set (self->head, diary, wattle_context_today (context),
                         wattle_diary_grid_min_width (self->grid));
  wattle_diary_hours_set (self->hours, diary, wattle_context_now (context), wattle_diary_grid_height (self->grid));
  gtk_stack_set_visible_child_name (self->stack, "diary");
  /* Who went on to another place meanwhile types there. */
  if (self->wants_focus && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_child_focus (GTK_WIDGET (self->grid), GTK_DIR_TAB_FORWARD);
  self->wants_focus = FALSE;
  /* Behind the focus, which scrolls, too: to the top before there is a size. */
  if (!self->scrolled)
    scroll_to_start (self, diary);
  show_wanted (self);
}

static void
add_practitioner_cb (WattleScheduleView *self)
{
  wattle_record_list_open (GTK_WIDGET (self), context_of (self), WATTLE_RECORD_PRACTITIONER);
}

static void
failed_cb (WattleScheduleView *self, const char *message)
{
  show_instead (self, _("The Diary Cannot Be Read"), message, FALSE);
}

static void
person_toggled_cb (GtkCheckButton *check, WattleScheduleView *self)
{
  g_autoptr (GStrvBuilder) chosen = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->people)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (row)))
      g_strv_builder_add (chosen, g_object_get_data (G_OBJECT (row), "id"));
  ids = g_strv_builder_end (chosen);
  g_settings_set_strv (wattle_context_settings (context_of (self)), "schedule-people", (const char *const *) ids);
  go_to (self, self->date);
}

static void
place_toggled_cb (GtkCheckButton *check, WattleScheduleView *self)
{
  if (!gtk_check_button_get_active (check))
    return;
  g_settings_set_string (wattle_context_settings (context_of (self)), "schedule-place",
                         g_object_get_data (G_OBJECT (check), "id"));
  go_to (self, self->date);
}

static GtkWidget *
choice_new (const char *id, const char *label, const GdkRGBA *colour)
{
  GtkWidget *check = gtk_check_button_new (); /* lint: allow plain-widget: one for each row of a table */
  GtkWidget *text = gtk_label_new (NULL);     /* lint: allow plain-widget: likewise */
  g_autofree char *escaped = g_markup_escape_text (label, -1);
  g_autofree char *markup = NULL;

  if (colour != NULL)
    markup = g_strdup_printf ("<span color=\"#%02x%02x%02x\">●</span> %s", (int) (colour->red * 255),
                              (int) (colour->green * 255), (int) (colour->blue * 255), escaped);
  gtk_label_set_markup (GTK_LABEL (text), markup != NULL ? markup : escaped);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (check), "id", g_strdup (id), g_free);
  return check;
}

static void
clear_box (GtkBox *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
}

static void
show_people (WattleScheduleView *self)
{
  g_auto (GStrv) shown = people_shown (self);

  clear_box (self->people);
  for (guint i = 0; i < self->roster->people->len; i++)
    {
      const WattleDiaryPerson *person = g_ptr_array_index (self->roster->people, i);
      GtkWidget *check = choice_new (person->id, person->name, &person->colour);

      gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                   g_strv_contains ((const char *const *) shown, person->id));
      g_signal_connect (check, "toggled", G_CALLBACK (person_toggled_cb), self);
      gtk_box_append (self->people, check);
    }
}

static void
show_places (WattleScheduleView *self)
{
  WattleDiaryPlace *shown = place_shown (self);
  gboolean several = self->roster->places->len > 1;
  GtkWidget *all;

  clear_box (self->places);
  gtk_widget_set_visible (self->places_separator, several);
  if (!several)
    return;
  all = choice_new ("", _("All Locations"), NULL);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (all), shown == NULL);
  g_signal_connect (all, "toggled", G_CALLBACK (place_toggled_cb), self);
  gtk_box_append (self->places, all);
  for (guint i = 0; i < self->roster->places->len; i++)
    {
      WattleDiaryPlace *place = g_ptr_array_index (self->roster->places, i);
      GtkWidget *check = choice_new (place->id, place->name, NULL);

      gtk_check_button_set_group (GTK_CHECK_BUTTON (check), GTK_CHECK_BUTTON (all));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (check), shown == place);
      g_signal_connect (check, "toggled", G_CALLBACK (place_toggled_cb), self);
      gtk_box_append (self->places, check);
    }
}

static void
roster_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleScheduleView *self = owner;

  if (error != NULL)
    {
      failed_cb (self, error->message);
      return;
    }
  g_clear_pointer (&self->roster, wattle_diary_roster_unref);
  self->roster = wattle_diary_roster_ref (result);
  show_people (self);
  show_places (self);
  if (self->roster->people->len == 0)
    show_empty (self);
  else
    show (self);
}

static void
refresh (WattleView *view)
{
  WattleScheduleView *self = WATTLE_SCHEDULE_VIEW (view);

  if (self->date == 0)
    {
      int days = g_settings_get_int (wattle_context_settings (context_of (self)), "schedule-days");

      self->date = wattle_context_today (context_of (self));
      self->days = days == 1 ? 1 : WEEK;
      gtk_toggle_button_set_active (self->days == WEEK ? self->week_button : self->day_button, TRUE);
    }
  wattle_diary_model_invalidate (self->model);
  wattle_view_load (view, wattle_diary_roster_read, NULL, (GDestroyNotify) wattle_diary_roster_unref, roster_cb);
}

static gboolean
minute_cb (gpointer data)
{
  WattleScheduleView *self = data;

  if (context_of (self) != NULL)
    wattle_diary_grid_set_now (self->grid, wattle_context_now (context_of (self)));
  return G_SOURCE_CONTINUE;
}

static void
map_cb (WattleScheduleView *self)
{
  self->wants_focus = TRUE;
  if (self->roster != NULL)
    loaded_cb (self);
}

static gboolean
fit_cb (gpointer data)
{
  WattleScheduleView *self = data;

  self->fitting = 0;
  if (self->narrow == (adw_squeezer_get_visible_child (self->probe) != self->wide))
    return G_SOURCE_REMOVE;
  self->narrow = !self->narrow;
  gtk_widget_set_visible (self->lengths, !self->narrow);
  if (self->date != 0)
    go_to (self, self->date);
  return G_SOURCE_REMOVE;
}

/* The probe answers while sizes are handed out: what follows waits until that is over. */
static void
width_cb (WattleScheduleView *self)
{
  if (self->fitting == 0)
    self->fitting = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fit_cb, self, NULL);
}

static void
length_cb (GtkToggleButton *button, WattleScheduleView *self)
{
  if (self->date != 0 && gtk_toggle_button_get_active (button))
    set_days (self, gtk_toggle_button_get_active (self->week_button) ? WEEK : 1);
}

static void
date_picked_cb (WattleScheduleView *self)
{
  g_autoptr (GDateTime) picked = gtk_calendar_get_date (self->calendar);
  gint64 date;

  if (wattle_date_from_ymd (g_date_time_get_year (picked), g_date_time_get_month (picked),
                            g_date_time_get_day_of_month (picked), &date))
    {
      gtk_popover_popdown (self->date_popover);
      go_to (self, date);
    }
}

static void
day_activated_cb (WattleScheduleView *self, gint64 date)
{
  self->date = date;
  set_days (self, 1);
  gtk_widget_grab_focus (GTK_WIDGET (self->grid));
}

static WattleDiaryVisit *
find_visit (WattleScheduleView *self, const char *id)
{
  WattleDiary *diary = wattle_diary_model_diary (self->model);

  for (guint i = 0; diary != NULL && i < diary->visits->len; i++)
    if (g_str_equal (((WattleDiaryVisit *) g_ptr_array_index (diary->visits, i))->id, id))
      return g_ptr_array_index (diary->visits, i);
  return NULL;
}

/* The wall clock rules: after a change of the clocks it is 9 am still. */
static gint64
same_time_next_week (WattleScheduleView *self, gint64 starts)
{
  WattleDiary *diary = wattle_diary_model_diary (self->model);
  gint64 date, then;
  int second;

  wattle_zone_to_local (starts, diary->zone, &date, &second, NULL);
  do
    {
      date += WEEK;
      wattle_zone_to_instant (diary->zone, date, second, WATTLE_WALL_FORWARD, &then, NULL);
    }
  while (then < wattle_context_now (context_of (self)));
  return then;
}

/* A visit that is to be shown needs its diary to be among those shown. */
static void
add_person (WattleScheduleView *self, const char *id)
{
  g_auto (GStrv) shown = self->roster != NULL ? people_shown (self) : NULL;
  g_autoptr (GStrvBuilder) chosen = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  if (shown == NULL || g_strv_contains ((const char *const *) shown, id))
    return;
  g_strv_builder_addv (chosen, (const char **) shown);
  g_strv_builder_add (chosen, id);
  ids = g_strv_builder_end (chosen);
  g_settings_set_strv (wattle_context_settings (context_of (self)), "schedule-people", (const char *const *) ids);
  show_people (self);
}

static void
open_cb (WattleScheduleView *self, WattleDiaryVisit *visit, GtkWidget *box)
{
  /* Beside a visit that fills the window there is no room. */
  gboolean wide = 2 * gtk_widget_get_width (box) > gtk_widget_get_width (GTK_WIDGET (self));

  wattle_visit_popover_show (self->popover, context_of (self), wattle_diary_model_diary (self->model), visit, box,
                             wide || self->narrow                           ? GTK_POS_BOTTOM
                             : wattle_diary_is_mirrored (GTK_WIDGET (self)) ? GTK_POS_LEFT
                                                                            : GTK_POS_RIGHT);
}

static void
book_cb (WattleScheduleView *self, const char *practitioner, gint64 starts, gint64 ends)
{
  const WattleDiaryPlace *place = place_shown (self);
  WattleBooking booking = { .practitioner = practitioner, .location = place != NULL ? place->id : NULL,
                            .starts = starts, .ends = ends };

  wattle_booking_dialog_open (GTK_WIDGET (self), context_of (self), &booking);
}

static void
again_cb (WattleScheduleView *self, const char *id)
{
  WattleDiary *diary = wattle_diary_model_diary (self->model);
  const WattleDiaryVisit *visit = find_visit (self, id);
  WattleBooking booking = { 0 };

  if (visit == NULL)
    return;
  booking.patient = visit->patient;
  booking.practitioner = ((WattleDiaryPerson *) g_ptr_array_index (diary->people, visit->person))->id;
  booking.location = visit->location;
  booking.kind = visit->kind;
  /* People come again at the same time a week later; whether it is free stands beside it. */
  booking.starts = same_time_next_week (self, visit->starts);
  booking.ends = booking.starts + visit->ends - visit->starts;
  wattle_booking_dialog_open (GTK_WIDGET (self), context_of (self), &booking);
}

static void
keys_cb (WattleScheduleView *self, const char *id)
{
  wattle_diary_grid_begin_move (self->grid, id);
}

/* The keys go on where they were. */
static void
closed_cb (WattleScheduleView *self)
{
  const char *id = wattle_visit_popover_visit (self->popover);
  GtkWidget *box = id != NULL ? wattle_diary_grid_find (self->grid, id) : NULL;

  if (box != NULL)
    gtk_widget_grab_focus (box);
}

static gboolean
create (WattleView *view)
{
  WattleScheduleView *self = WATTLE_SCHEDULE_VIEW (view);
  g_auto (GStrv) people = self->roster != NULL ? people_shown (self) : NULL;
  const WattleDiaryPlace *place = self->roster != NULL ? place_shown (self) : NULL;
  WattleDiary *diary = wattle_diary_model_diary (self->model);
  /* Who looks at a day to come means that day or one behind it. */
  WattleBooking booking = { .practitioner = people != NULL ? people[0] : NULL,
                            .location = place != NULL ? place->id : NULL,
                            .from = diary != NULL && diary->axis.n_days > 0 ? diary->axis.days[0].start : 0 };

  if (!wattle_context_may (context_of (self), "appointment.book"))
    return FALSE;
  wattle_booking_dialog_open (GTK_WIDGET (self), context_of (self), &booking);
  return TRUE;
}

static gpointer
find_work (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  return wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_APPOINTMENT,
                            g_variant_get_string (arguments, NULL), error);
}

static void
found_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleScheduleView *self = owner;
  WattleRecord *visit = result;
  gint64 date;

  if (visit == NULL)
    {
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  wattle_zone_to_local (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                        wattle_context_zone (context_of (self)), &date, NULL, NULL);
  g_free (self->wanted);
  self->wanted = g_strdup (wattle_record_id (visit));
  add_person (self, wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER));
  self->scrolled = TRUE;
  go_to (self, date);
  show_wanted (self);
}

static gboolean
reveal (WattleView *view, WattleRecordType type, const char *id)
{
  if (type != WATTLE_RECORD_APPOINTMENT)
    return FALSE;
  wattle_view_load (view, find_work, g_variant_new_string (id), g_object_unref, found_cb);
  return TRUE;
}

static void
move_cb (WattleScheduleView *self, const char *id, gint64 starts, gint64 ends, const char *practitioner)
{
  WattleDiary *diary = wattle_diary_model_diary (self->model);
  WattleDiaryVisit *visit = find_visit (self, id);

  if (visit != NULL)
    wattle_visit_move (GTK_WIDGET (self), context_of (self), id,
                       &(WattleVisitTime){ visit->starts, visit->ends,
                                           ((WattleDiaryPerson *) g_ptr_array_index (diary->people,
                                                                                     visit->person))->id },
                       &(WattleVisitTime){ starts, ends, practitioner });
}

static void
cancel_cb (WattleScheduleView *self, WattleDiaryVisit *visit)
{
  wattle_visit_cancel (GTK_WIDGET (self), context_of (self), visit->id, visit->who, visit->status);
}

static void
page_cb (WattleScheduleView *self, int direction)
{
  go_to (self, self->date + direction * (gint64) days_shown (self));
}

static void
hint_cb (WattleScheduleView *self, const char *text)
{
  gtk_revealer_set_reveal_child (self->hint_revealer, text != NULL);
  if (text != NULL)
    gtk_label_set_label (self->hint, text);
}

static void
today_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleScheduleView *self = WATTLE_SCHEDULE_VIEW (widget);

  self->scrolled = FALSE;
  go_to (self, wattle_context_today (context_of (self)));
  if (!self->scrolled && wattle_diary_model_diary (self->model) != NULL)
    scroll_to_start (self, wattle_diary_model_diary (self->model));
}

static void
page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  page_cb (WATTLE_SCHEDULE_VIEW (widget), g_variant_get_int32 (parameter));
}

static void
days_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_days (WATTLE_SCHEDULE_VIEW (widget), (guint) g_variant_get_int32 (parameter));
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleScheduleView *self = WATTLE_SCHEDULE_VIEW (widget);
  int direction = g_variant_get_int32 (parameter);

  wattle_diary_grid_zoom (self->grid, direction == 0 ? 0 : direction > 0 ? 1.2 : 1 / 1.2);
}

static void
zoomed_cb (WattleScheduleView *self)
{
  WattleDiary *diary = wattle_diary_model_diary (self->model);

  if (diary == NULL || context_of (self) == NULL)
    return;
  wattle_diary_hours_set (self->hours, diary, wattle_context_now (context_of (self)),
                          wattle_diary_grid_height (self->grid));
  wattle_diary_head_set (self->head, diary, wattle_context_today (context_of (self)),
                         wattle_diary_grid_min_width (self->grid));
}

static void
header (WattleView *view, WattleViewHeader *header)
{
  WattleScheduleView *self = WATTLE_SCHEDULE_VIEW (view);

  header->start = self->header_start;
  header->title = self->header_title;
}

static void
wattle_schedule_view_dispose (GObject *object)
{
  WattleScheduleView *self = WATTLE_SCHEDULE_VIEW (object);

  g_clear_handle_id (&self->minute, g_source_remove);
  g_clear_handle_id (&self->fitting, g_source_remove);
  g_clear_object (&self->model);
  if (self->popover != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));
  g_clear_pointer (&self->roster, wattle_diary_roster_unref);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (wattle_schedule_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/schedule/schedule-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, header_start);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, header_title);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, range);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, date_popover);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, calendar);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, people);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, places_separator);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, places);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, probe);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, wide);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, place_label);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, lengths);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, day_button);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, week_button);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, empty);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, add_practitioner);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, head_scroll);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, hours_scroll);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, scroll);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, head);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, hours);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, grid);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, hint_revealer);
  gtk_widget_class_bind_template_child (widget_class, WattleScheduleView, hint);
  gtk_widget_class_bind_template_callback (widget_class, date_picked_cb);
  gtk_widget_class_bind_template_callback (widget_class, length_cb);
  gtk_widget_class_bind_template_callback (widget_class, width_cb);
  gtk_widget_class_bind_template_callback (widget_class, day_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, book_cb);
  gtk_widget_class_bind_template_callback (widget_class, move_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_cb);
  gtk_widget_class_bind_template_callback (widget_class, hint_cb);
  gtk_widget_class_bind_template_callback (widget_class, zoomed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_practitioner_cb);
}

static void
wattle_schedule_view_class_init (WattleScheduleViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_schedule_view_dispose;
  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTITIONER) | WATTLE_TYPE_BIT (WATTLE_RECORD_AVAILABILITY)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_LOCATION) | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTICE)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT_TYPE) | WATTLE_TYPE_BIT (WATTLE_RECORD_SETTING);
  view_class->refresh = refresh;
  view_class->header = header;
  view_class->create = create;
  view_class->reveal = reveal;
  g_type_ensure (WATTLE_TYPE_DIARY_GRID);
  g_type_ensure (WATTLE_TYPE_DIARY_HEAD);
  g_type_ensure (WATTLE_TYPE_DIARY_HOURS);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "schedule.today", NULL, today_action);
  gtk_widget_class_install_action (widget_class, "schedule.page", "i", page_action);
  gtk_widget_class_install_action (widget_class, "schedule.days", "i", days_action);
  gtk_widget_class_install_action (widget_class, "schedule.zoom", "i", zoom_action);
}

static void
wattle_schedule_view_init (WattleScheduleView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->model = wattle_diary_model_new ();
  self->popover = WATTLE_VISIT_POPOVER (wattle_visit_popover_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->popover), GTK_WIDGET (self));
  g_signal_connect_swapped (self->popover, "move", G_CALLBACK (keys_cb), self);
  g_signal_connect_swapped (self->popover, "closed", G_CALLBACK (closed_cb), self);
  g_signal_connect_swapped (self->popover, "again", G_CALLBACK (again_cb), self);
  g_signal_connect_object (self->model, "loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_hadjustment (self->head_scroll, gtk_scrolled_window_get_hadjustment (self->scroll));
  gtk_scrolled_window_set_vadjustment (self->hours_scroll, gtk_scrolled_window_get_vadjustment (self->scroll));
  g_signal_connect (self, "map", G_CALLBACK (map_cb), NULL);
  self->minute = g_timeout_add_seconds (20, minute_cb, self);
}
