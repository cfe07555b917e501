/* visit-popover.c: a visit at a glance, and what can be done with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/visit-popover.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/schedule/visit-acts.h"
#include "base/civil-text.h"
#include "base/civil.h"

#define MAX_STEPS 4

struct _WattleVisitPopover
{
  GtkPopover parent;
  WattleContext *context;
  WattleDiary *diary;
  const WattleDiaryVisit *visit;
  GtkWidget *anchor; /* (nullable), weak */
  GtkLabel *who;
  GtkLabel *status;
  GtkLabel *when;
  GtkLabel *what;
  GtkLabel *where;
  GtkLabel *reason;
  GtkBox *steps;
  GtkWidget *join;
  GtkWidget *chart;
  GtkWidget *note;
  GtkWidget *message;
  GtkWidget *invoice;
  GtkWidget *move;
  GtkWidget *again;
  GtkWidget *cancel;
};

enum
{
  MOVE,
  AGAIN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleVisitPopover, wattle_visit_popover, GTK_TYPE_POPOVER)

static void
set_line (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

/* What outlives the popover and stands below the toasts. */
static GtkWidget *
lasting (WattleVisitPopover *self)
{
  return gtk_widget_get_parent (GTK_WIDGET (self));
}

static void
step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  wattle_visit_step (lasting (self), self->context, g_variant_get_string (parameter, NULL), self->visit->id,
                     self->visit->status);
}

static void
join_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  wattle_portal_join (lasting (self), self->visit->id);
}

static void
chart_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  wattle_context_open (self->context, WATTLE_RECORD_PATIENT, self->visit->patient);
}

static void
note_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (lasting (self), "app.write-note", "s", self->visit->id);
}

static void
message_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  wattle_context_open (self->context, WATTLE_RECORD_THREAD, self->visit->id);
}

static void
invoice_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_widget_activate_action (lasting (self), "app.invoice", "s", self->visit->invoice);
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[MOVE], 0, self->visit->id);
}

static void
again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  g_signal_emit (self, signals[AGAIN], 0, self->visit->id);
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (widget);

  gtk_popover_popdown (GTK_POPOVER (self));
  wattle_visit_cancel (lasting (self), self->context, self->visit->id, self->visit->who, self->visit->status);
}

/* The first step that can be taken is the one that is meant; the others stand beside it. */
static void
show_steps (WattleVisitPopover *self)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (self->steps));
  gboolean first = TRUE;
  const char *operation, *verb;

  for (guint i = 0; button != NULL && (operation = wattle_visit_step_at (i, &verb)) != NULL;
       i++, button = gtk_widget_get_next_sibling (button))
    {
      gboolean may = self->visit->patient != NULL
                     && wattle_visit_may (self->context, operation, self->visit->status);

      if (g_str_equal (operation, "appointment.no_show"))
        may = may && self->visit->starts <= wattle_context_now (self->context);
      gtk_button_set_label (GTK_BUTTON (button), verb);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", operation);
      gtk_widget_set_visible (button, may);
      if (may && first)
        gtk_widget_add_css_class (button, "suggested-action");
      else
        gtk_widget_remove_css_class (button, "suggested-action");
      first = first && !may;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->steps), !first);
}

static void
show_text (WattleVisitPopover *self)
{
  const WattleDiaryVisit *visit = self->visit;
  const WattleDiaryPerson *person = g_ptr_array_index (self->diary->people, visit->person);
  g_autofree char *times = wattle_diary_visit_times (self->diary, visit->starts, visit->ends);
  g_autofree char *day = NULL;
  g_autofree char *length = wattle_duration_display ((visit->ends - visit->starts) / WATTLE_MINUTE);
  g_autofree char *when = NULL;
  g_autofree char *what = NULL;
  g_autofree char *where = NULL;
  const char *modality = _(wattle_enum_label (wattle_enum_find ("modality"), visit->modality));
  gint64 date;

  wattle_zone_to_local (visit->starts, self->diary->zone, &date, NULL, NULL);
  day = wattle_date_display_long (date);
  when = g_strdup_printf ("%s\n%s (%s)", day, times, length);
  if (visit->patient != NULL)
    what = visit->what != NULL ? g_strdup_printf ("%s · %s", visit->what, modality) : g_strdup (modality);
  where = g_strjoin (" · ", person->name, visit->room != NULL ? visit->room : visit->place,
                     visit->room != NULL ? visit->place : NULL, NULL);
  set_line (self->who, visit->who);
  set_line (self->when, when);
  set_line (self->what, what);
  set_line (self->where, where);
  set_line (self->reason, visit->reason);
  set_line (self->status, visit->patient != NULL
                            ? _(wattle_enum_label (wattle_enum_find ("appointment_status"), visit->status))
                            : NULL);
}

/* Its tooltip says the same, and would lie over it. */
static void
set_anchor (WattleVisitPopover *self, GtkWidget *anchor)
{
  if (self->anchor != NULL)
    gtk_widget_set_has_tooltip (self->anchor, TRUE);
  g_set_weak_pointer (&self->anchor, anchor);
  if (anchor != NULL)
    gtk_widget_set_has_tooltip (anchor, FALSE);
}

static void
wattle_visit_popover_closed (GtkPopover *popover)
{
  set_anchor (WATTLE_VISIT_POPOVER (popover), NULL);
}

static void
wattle_visit_popover_dispose (GObject *object)
{
  WattleVisitPopover *self = WATTLE_VISIT_POPOVER (object);

  g_clear_weak_pointer (&self->anchor);
  g_clear_object (&self->context);
  self->visit = NULL;
  g_clear_pointer (&self->diary, wattle_diary_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), WATTLE_TYPE_VISIT_POPOVER);
  G_OBJECT_CLASS (wattle_visit_popover_parent_class)->dispose (object);
}

static void
wattle_visit_popover_class_init (WattleVisitPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_visit_popover_dispose;
  GTK_POPOVER_CLASS (klass)->closed = wattle_visit_popover_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/schedule/visit-popover.ui");
#define CHILD(name) gtk_widget_class_bind_template_child (widget_class, WattleVisitPopover, name)
  CHILD (who);
  CHILD (status);
  CHILD (when);
  CHILD (what);
  CHILD (where);
  CHILD (reason);
  CHILD (steps);
  CHILD (join);
  CHILD (chart);
  CHILD (note);
  CHILD (message);
  CHILD (invoice);
  CHILD (move);
  CHILD (again);
  CHILD (cancel);
#undef CHILD
  gtk_widget_class_install_action (widget_class, "visit.step", "s", step_action);
  gtk_widget_class_install_action (widget_class, "visit.join", NULL, join_action);
  gtk_widget_class_install_action (widget_class, "visit.chart", NULL, chart_action);
  gtk_widget_class_install_action (widget_class, "visit.note", NULL, note_action);
  gtk_widget_class_install_action (widget_class, "visit.message", NULL, message_action);
  gtk_widget_class_install_action (widget_class, "visit.invoice", NULL, invoice_action);
  gtk_widget_class_install_action (widget_class, "visit.move", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "visit.again", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "visit.cancel", NULL, cancel_action);
  signals[MOVE] = g_signal_new ("move", WATTLE_TYPE_VISIT_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
  signals[AGAIN] = g_signal_new ("again", WATTLE_TYPE_VISIT_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
wattle_visit_popover_init (WattleVisitPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_visit_popover_new:
 *
 * Returns: (transfer floating): a popover; give it the view as its parent
 */
GtkWidget *
wattle_visit_popover_new (void)
{
  return g_object_new (WATTLE_TYPE_VISIT_POPOVER, NULL);
}

/**
 * wattle_visit_popover_visit:
 * @self: the popover
 *
 * Returns: (nullable): id of the visit it shows or showed last
 */
const char *
wattle_visit_popover_visit (WattleVisitPopover *self)
{
  return self->visit != NULL ? self->visit->id : NULL;
}

/* Messages are between the patient and whoever sees them. */
static gboolean
is_own (WattleVisitPopover *self)
{
  const WattleDiaryPerson *person = g_ptr_array_index (self->diary->people, self->visit->person);
  const WattleActor *actor = wattle_context_actor (self->context);

  return actor != NULL && actor->practitioner != NULL && g_strcmp0 (person->id, actor->practitioner) == 0;
}

/**
 * wattle_visit_popover_show:
 * @self: the popover
 * @context: the context
 * @diary: what @visit is part of
 * @visit: a visit
 * @anchor: what it points to
 * @side: where there is room
 */
void
wattle_visit_popover_show (WattleVisitPopover *self,
                           WattleContext *context,
                           WattleDiary *diary,
                           const WattleDiaryVisit *visit,
                           GtkWidget *anchor,
                           GtkPositionType side)
{
  gboolean known = visit->patient != NULL;
  graphene_rect_t bounds;

  g_set_object (&self->context, context);
  wattle_diary_ref (diary);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  self->diary = diary;
  self->visit = visit;
  set_anchor (self, anchor);
  show_text (self);
  show_steps (self);
  gtk_widget_set_visible (self->join, known
                                        && wattle_portal_is_open (visit->modality, visit->status, visit->starts,
                                                                  visit->ends, wattle_context_now (context)));
  gtk_widget_set_visible (self->chart, known && wattle_context_may (context, "read:contact"));
  gtk_widget_set_visible (self->note, known && wattle_context_may (context, "note.save"));
  gtk_widget_set_visible (self->message, known && is_own (self) && wattle_context_may (context, "thread.open"));
  gtk_widget_set_visible (self->invoice, visit->invoice != NULL && wattle_context_may (context, "read:financial"));
  gtk_widget_set_visible (self->move, visit->movable && wattle_context_may (context, "appointment.move"));
  gtk_widget_set_visible (self->again, known && wattle_context_may (context, "appointment.book"));
  gtk_widget_set_visible (self->cancel, visit->movable && wattle_context_may (context, "appointment.cancel"));
  gtk_popover_set_position (GTK_POPOVER (self), side);
  if (gtk_widget_compute_bounds (anchor, lasting (self), &bounds))
    gtk_popover_set_pointing_to (GTK_POPOVER (self),
                                 &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y,
                                                  (int) bounds.size.width, (int) bounds.size.height });
  gtk_popover_popup (GTK_POPOVER (self));
}
