/* today-view.c: what the person needs now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/today/today-view.h"

#include <glib/gi18n-lib.h>

#include "app/messages/message-data.h"
#include "app/places.h"
#include "app/today/today-data.h"
#include "app/portal/portal-join.h"
#include "app/today/today-row.h"
#include "app/widgets/accessible.h"
#include "app/widgets/columns.h"
#include "app/widgets/entry-row.h"
#include "app/widgets/hint-row.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/money.h"
#include "domain/policy.h"

struct _WattleTodayView
{
  WattleView parent;
  guint minute;
  guint shown;
  char *next_id;
  char *next_patient;
  int next_status;
  gboolean next_joins;
  GtkLabel *date;
  GtkLabel *summary;
  GtkWidget *next;
  GtkLabel *next_when;
  GtkLabel *next_who;
  GtkLabel *next_what;
  GtkButton *next_open;
  GtkButton *next_step;
  AdwPreferencesGroup *day_group;
  GtkWidget *sessions;
  GtkListBox *visits;
  GtkWidget *notes_group;
  GtkListBox *notes;
  AdwPreferencesGroup *messages_group;
  GtkListBox *messages;
  AdwPreferencesGroup *invoices_group;
  GtkListBox *invoices;
};

G_DEFINE_FINAL_TYPE (WattleTodayView, wattle_today_view, WATTLE_TYPE_VIEW)

static void
clear (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static void
place_cb (WattleHintRow *row, WattleTodayView *self)
{
  const char *place = g_object_get_data (G_OBJECT (row), "place");

  wattle_context_open_place (wattle_view_context (WATTLE_VIEW (self)), place);
}

static void
more_cb (WattleHintRow *row, WattleTodayView *self)
{
  self->shown = WATTLE_TODAY_ALL;
  wattle_view_refresh (WATTLE_VIEW (self));
}

static void
add_hint (WattleTodayView *self, GtkListBox *list, const char *icon, const char *title, const char *subtitle,
          const char *place)
{
  GtkWidget *row = wattle_hint_row_new (icon, title, subtitle);

  if (place != NULL && wattle_place_find (place) != NULL)
    {
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
      g_object_set_data (G_OBJECT (row), "place", (gpointer) place);
      g_signal_connect (row, "activated", G_CALLBACK (place_cb), self);
    }
  gtk_list_box_append (list, row);
}

/* Says that a list is empty, or, while the first sync runs, that nobody knows yet. */
static void
add_empty (WattleTodayView *self, GtkListBox *list, const char *icon, const char *title, const char *subtitle,
           const char *place)
{
  const WattleEntryList fetching = wattle_entry_list_fetching ();

  if (wattle_context_is_fetching (wattle_view_context (WATTLE_VIEW (self))))
    add_hint (self, list, fetching.icon, fetching.title, NULL, NULL);
  else
    add_hint (self, list, icon, title, subtitle, place);
}

static void
fill (WattleTodayView *self, GtkListBox *list, GPtrArray *rows, gint64 all)
{
  clear (list);
  for (guint i = 0; i < rows->len; i++)
    gtk_list_box_append (list, wattle_today_row_widget_new (wattle_view_context (WATTLE_VIEW (self)),
                                                            g_ptr_array_index (rows, i)));
  if (all > rows->len)
    {
      GtkWidget *row = wattle_hint_row_new_more ((guint) MIN (all - rows->len, G_MAXUINT));

      g_signal_connect (row, "activated", G_CALLBACK (more_cb), self);
      gtk_list_box_append (list, row);
    }
}

static void
show_next (WattleTodayView *self, const WattleToday *today)
{
  const WattleTodayRow *row = today->next;
  g_autofree char *relative = NULL;
  g_autofree char *when = NULL;
  const char *verb;

  gtk_widget_set_visible (self->next, row != NULL);
  if (row == NULL)
    return;
  g_free (self->next_id);
  g_free (self->next_patient);
  self->next_id = g_strdup (row->id);
  self->next_patient = g_strdup (row->patient);
  self->next_status = row->status;
  self->next_joins = row->joins;
  relative = wattle_relative_display (row->starts_at, wattle_clock_now ());
  when = row->status == WATTLE_APPOINTMENT_STATUS_IN_VISIT ? g_strdup_printf (_("In visit since %s"), row->lead)
         : row->status == WATTLE_APPOINTMENT_STATUS_ARRIVED
           ? g_strdup_printf (_("Is here, for %s, %s"), row->lead, relative)
           : g_strdup_printf (_("Next, %s, at %s"), relative, row->lead);
  gtk_label_set_label (self->next_when, when);
  gtk_label_set_label (self->next_who, row->title);
  gtk_label_set_label (self->next_what, row->subtitle);
  verb = row->joins ? wattle_today_join_verb (wattle_view_context (WATTLE_VIEW (self)))
                    : wattle_today_visit_verb (wattle_view_context (WATTLE_VIEW (self)), row->status);
  gtk_widget_set_visible (GTK_WIDGET (self->next_step), verb != NULL);
  if (verb != NULL)
    {
      g_autofree char *name = g_strdup_printf (_("%s: next visit, %s"), verb, row->title);

      gtk_button_set_label (self->next_step, verb);
      wattle_name_button (GTK_WIDGET (self->next_step), name);
    }
}

static void
show_summary (WattleTodayView *self, const WattleToday *today)
{
  guint n = today->visits->len;
  g_autofree char *visits = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u visit", "%u visits", n), n);
  g_autofree char *coming = g_strdup_printf (_("%u still to come"), today->coming);
  g_autofree char *waiting = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u is waiting", "%u are waiting",
                                                           today->arrived),
                                              today->arrived);
  gboolean fetching = wattle_context_is_fetching (wattle_view_context (WATTLE_VIEW (self)));
  g_autofree char *text = n == 0 ? g_strdup (fetching ? _("Your day is being fetched") : _("No visits today"))
                                 : g_strjoin (" · ", visits, coming, today->arrived > 0 ? waiting : NULL, NULL);

  gtk_label_set_label (self->summary, text);
}

static void
show_invoices (WattleTodayView *self, const WattleToday *today)
{
  g_autofree char *owed = today->owed > 0 ? wattle_money_format (today->owed) : NULL;
  g_autofree char *text = owed != NULL ? g_strdup_printf (_("%s owed in all"), owed) : NULL;

  fill (self, self->invoices, today->invoices, today->n_invoices);
  adw_preferences_group_set_description (self->invoices_group, text);
  if (today->invoices->len == 0)
    add_empty (self, self->invoices, "object-select-symbolic", _("Everything is paid"),
              _("Invoices that wait for money stand here."), NULL);
}

/* Who sees no visits at all has other work. */
static void
show_practice (WattleTodayView *self)
{
  adw_preferences_group_set_title (self->day_group, _("Practice"));
  gtk_widget_set_visible (GTK_WIDGET (self->summary), FALSE);
  gtk_widget_set_visible (self->next, FALSE);
  clear (self->visits);
  add_hint (self, self->visits, "emblem-system-symbolic", _("People, roles and devices"),
            _("You look after them in Settings."), "settings");
}

static void
show_visits (WattleTodayView *self, const WattleToday *today)
{
  adw_preferences_group_set_title (self->day_group, _("Visits"));
  gtk_widget_set_visible (GTK_WIDGET (self->summary), TRUE);
  show_summary (self, today);
  show_next (self, today);
  fill (self, self->visits, today->visits, today->visits->len);
  if (today->visits->len == 0)
    {
      g_autofree char *later = today->next_day != NULL ? g_strdup_printf (_("The next one is %s."), today->next_day)
                                                       : NULL;

      add_empty (self, self->visits, "x-office-calendar-symbolic", _("A free day"),
                later != NULL ? later : _("Book a visit in the Schedule, and it stands here."), "schedule");
    }
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleTodayView *self = owner;
  const WattleToday *today = result;

  if (error != NULL)
    {
      gtk_label_set_label (self->summary, error->message);
      return;
    }
  if (wattle_context_may (wattle_view_context (WATTLE_VIEW (self)), "read:schedule"))
    show_visits (self, today);
  else
    show_practice (self);
  fill (self, self->notes, today->notes, today->n_notes);
  if (today->notes->len == 0)
    add_empty (self, self->notes, "object-select-symbolic", _("Every note is signed"),
              _("Drafts that wait for your signature stand here."), NULL);
  show_invoices (self, today);
}

/* What nobody has read or answered yet; the rest stands in its own place. */
static void
messages_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleTodayView *self = owner;
  const WattleThreads *threads = result;
  g_autoptr (GPtrArray) open = g_ptr_array_new ();
  WattleEntryList list = { .icon = "object-select-symbolic",
                           .title = _("Nothing to answer"),
                           .subtitle = _("Messages that you have not read or answered stand here.") };
  g_autofree char *text = NULL;

  if (error != NULL)
    return;
  for (guint i = 0; i < threads->entries->len; i++)
    if (((WattleEntry *) threads->entries->pdata[i])->pill != NULL)
      g_ptr_array_add (open, threads->entries->pdata[i]);
  if (wattle_context_is_fetching (wattle_view_context (WATTLE_VIEW (self))))
    list = wattle_entry_list_fetching ();
  wattle_entry_list_fill (self->messages, open, 0, &list);
  if (threads->unread > 0)
    text =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u not read", "%u not read", threads->unread), threads->unread);
  adw_preferences_group_set_description (self->messages_group, text);
}

static void
message_cb (WattleTodayView *self, GtkListBoxRow *row)
{
  if (WATTLE_IS_ENTRY_ROW (row))
    wattle_context_open (wattle_view_context (WATTLE_VIEW (self)), WATTLE_RECORD_THREAD,
                         wattle_entry_row_id (WATTLE_ENTRY_ROW (row)));
}

static void
refresh (WattleView *view)
{
  WattleTodayView *self = WATTLE_TODAY_VIEW (view);
  WattleContext *context = wattle_view_context (view);
  const WattleActor *actor = wattle_context_actor (context);
  g_autofree char *date = wattle_date_display_long (wattle_context_today (context));

  gtk_label_set_label (self->date, date);
  gtk_widget_set_visible (self->sessions, wattle_context_may (context, "GET /v1/rooms"));
  gtk_widget_set_visible (self->notes_group, actor->role == WATTLE_ROLE_CLINICIAN);
  gtk_widget_set_visible (GTK_WIDGET (self->invoices_group), wattle_context_may (context, "read:financial"));
  gtk_widget_set_visible (GTK_WIDGET (self->next_open), wattle_context_may (context, "read:contact"));
  wattle_view_load (view, wattle_today_read,
                    wattle_today_arguments (actor, g_time_zone_get_identifier (wattle_context_zone (context)),
                                            self->shown),
                    (GDestroyNotify) wattle_today_free, loaded_cb);
  wattle_view_load (view, wattle_threads_read, wattle_threads_arguments (context, WATTLE_THREADS_CURRENT, NULL),
                    (GDestroyNotify) wattle_threads_free, messages_cb);
}

static gboolean
minute_cb (gpointer data)
{
  wattle_view_refresh (WATTLE_VIEW (data));
  return G_SOURCE_CONTINUE;
}

static void
next_open_cb (WattleTodayView *self)
{
  wattle_context_open (wattle_view_context (WATTLE_VIEW (self)), WATTLE_RECORD_PATIENT, self->next_patient);
}

static void
next_step_cb (WattleTodayView *self)
{
  if (self->next_joins)
    wattle_portal_join (GTK_WIDGET (self), self->next_id);
  else
    wattle_today_visit_step (GTK_WIDGET (self), wattle_view_context (WATTLE_VIEW (self)), self->next_id,
                             self->next_status);
}

static void
wattle_today_view_dispose (GObject *object)
{
  WattleTodayView *self = WATTLE_TODAY_VIEW (object);

  g_clear_handle_id (&self->minute, g_source_remove);
  g_clear_pointer (&self->next_id, g_free);
  g_clear_pointer (&self->next_patient, g_free);
  G_OBJECT_CLASS (wattle_today_view_parent_class)->dispose (object);
}

static void
wattle_today_view_class_init (WattleTodayViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_today_view_dispose;
  view_class->refresh = refresh;
  view_class->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD) | WATTLE_TYPE_BIT (WATTLE_RECORD_THREAD_MARK)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_PROGRESS_NOTE) | WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE)
                      | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTITIONER) | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTICE);
  g_type_ensure (WATTLE_TYPE_COLUMNS);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/today/today-view.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, date);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, summary);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, next);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, next_when);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, next_who);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, next_what);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, next_open);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, next_step);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, day_group);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, sessions);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, visits);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, notes_group);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, notes);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, invoices_group);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, messages_group);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, messages);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayView, invoices);
  gtk_widget_class_bind_template_callback (widget_class, message_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_open_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_step_cb);
}

static void
wattle_today_view_init (WattleTodayView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->shown = WATTLE_TODAY_SHOWN;
  self->minute = g_timeout_add_seconds (60, minute_cb, self);
}
