/* today-row.c: a visit, note or invoice in the lists of Today
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/today/today-row.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/telehealth/call-session.h"
#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "app/widgets/row-layout.h"

struct _WattleTodayRowWidget
{
  AdwActionRow parent;
  WattleContext *context;
  WattleRecordType type;
  char *id;
  char *patient;
  int status;
  gboolean joins;
  GtkLabel *lead;
  GtkLabel *pill;
  GtkButton *act;
};

G_DEFINE_FINAL_TYPE (WattleTodayRowWidget, wattle_today_row_widget, ADW_TYPE_ACTION_ROW)

/* The step that a visit takes next, by its status. */
static const struct
{
  int status;
  const char *operation;
  const char *verb;
  const char *done;
} steps[] = {
  { WATTLE_APPOINTMENT_STATUS_BOOKED, "appointment.arrive", N_("Arrive"), N_("Arrival noted") },
  { WATTLE_APPOINTMENT_STATUS_ARRIVED, "appointment.start", N_("Start"), N_("Visit started") },
};

typedef struct
{
  char *id;
  guint step;
  WattleContext *context;
} StepDone;

static gboolean
stepped_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  g_autofree StepDone *done = data;
  g_autofree char *id = done->id;

  if (error == NULL)
    {
      g_autofree char *args = g_strdup_printf (
        "{\"id\":\"%s\",\"to\":\"%s\"}", id,
        wattle_enum_nick (wattle_enum_find ("appointment_status"), steps[done->step].status));

      wattle_toast_undo (widget, done->context, _(steps[done->step].done), "appointment.revert", args);
    }
  return FALSE;
}

/* What opens the room of a visit: the desk sees who waits there, and is not in the call. */
const char *
wattle_today_join_verb (WattleContext *context)
{
  return wattle_call_is_desk (context) ? _("Waiting Room") : _("Join");
}

/**
 * wattle_today_visit_verb:
 * @context: the context
 * @status: of a visit
 *
 * Returns: (nullable): the translated word for the step it takes next
 */
const char *
wattle_today_visit_verb (WattleContext *context, int status)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i].status == status && wattle_context_may (context, steps[i].operation))
      return _(steps[i].verb);
  return NULL;
}

/**
 * wattle_today_visit_step:
 * @widget: a widget that outlives the lists
 * @context: the context
 * @id: a visit
 * @status: its status
 *
 * Takes the step that wattle_today_visit_verb() names, with a way back.
 */
void
wattle_today_visit_step (GtkWidget *widget, WattleContext *context, const char *id, int status)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i].status == status)
      {
        g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", id);
        StepDone *done = g_new0 (StepDone, 1);

        done->id = g_strdup (id);
        done->step = i;
        done->context = context;
        wattle_perform (widget, context, steps[i].operation, args, stepped_cb, done);
        return;
      }
}

/* A button and a pill would leave no room for the name on a phone: the words of the pill go below it then, and its
 * colour to the time. */
static void
show_state (WattleTodayRowWidget *self, const WattleTodayRow *row, gboolean has_button)
{
  gboolean below = row->pill != NULL && has_button;
  g_autofree char *text = below ? g_strjoin (" · ", row->pill, row->subtitle, NULL) : g_strdup (row->subtitle);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  gtk_label_set_label (self->pill, row->pill != NULL ? row->pill : "");
  gtk_widget_set_visible (GTK_WIDGET (self->pill), row->pill != NULL && !below);
  if (row->tone != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (below ? self->lead : self->pill), row->tone);
  if (below)
    gtk_widget_remove_css_class (GTK_WIDGET (self->lead), "dim-label");
}

static void
act_cb (WattleTodayRowWidget *self)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  /* The row itself is gone when the list is read again: the toast hangs on what stays. */
  GtkWidget *lasting = overlay != NULL ? adw_toast_overlay_get_child (ADW_TOAST_OVERLAY (overlay)) : root;

  if (self->joins)
    wattle_portal_join (lasting, self->id);
  else
    wattle_today_visit_step (lasting, self->context, self->id, self->status);
}

static void
activated_cb (WattleTodayRowWidget *self)
{
  wattle_context_open (self->context, WATTLE_RECORD_PATIENT, self->patient);
}

static void
wattle_today_row_widget_dispose (GObject *object)
{
  WattleTodayRowWidget *self = WATTLE_TODAY_ROW_WIDGET (object);

  g_clear_object (&self->context);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->patient, g_free);
  G_OBJECT_CLASS (wattle_today_row_widget_parent_class)->dispose (object);
}

static void
wattle_today_row_widget_class_init (WattleTodayRowWidgetClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_today_row_widget_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/today/today-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleTodayRowWidget, lead);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayRowWidget, pill);
  gtk_widget_class_bind_template_child (widget_class, WattleTodayRowWidget, act);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
}

static void
wattle_today_row_widget_init (WattleTodayRowWidget *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_row_layout_use (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self)));
  g_signal_connect (self, "activated", G_CALLBACK (activated_cb), NULL);
}

/**
 * wattle_today_row_widget_new:
 * @context: the context
 * @row: what it shows
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
wattle_today_row_widget_new (WattleContext *context, const WattleTodayRow *row)
{
  WattleTodayRowWidget *self = g_object_new (WATTLE_TYPE_TODAY_ROW_WIDGET, NULL);
  const char *verb = row->joins                               ? wattle_today_join_verb (context)
                     : row->type == WATTLE_RECORD_APPOINTMENT ? wattle_today_visit_verb (context, row->status)
                                                              : NULL;
  g_autofree char *name = g_strconcat (row->lead != NULL ? row->lead : "", row->lead != NULL ? ", " : "", row->title,
                                       row->pill != NULL ? ", " : "", row->pill, NULL);

  self->context = g_object_ref (context);
  self->type = row->type;
  self->id = g_strdup (row->id);
  self->patient = g_strdup (row->patient);
  self->status = row->status;
  self->joins = row->joins;
  gtk_label_set_label (self->lead, row->lead != NULL ? row->lead : "");
  /* The box around it would keep its room. */
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->lead)), row->lead != NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), row->title);
  show_state (self, row, verb != NULL);
  if (verb != NULL)
    {
      g_autofree char *act = g_strdup_printf ("%s: %s", verb, row->title);

      gtk_button_set_label (self->act, verb);
      wattle_name_button (GTK_WIDGET (self->act), act);
      gtk_widget_set_visible (GTK_WIDGET (self->act), TRUE);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return GTK_WIDGET (self);
}
