/* call-stage.c: the pictures of a call, arranged
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-stage.h"

struct _WattleCallStage
{
  GtkWidget parent;
  WattleStageLayout layout;
  WattleVideoView *large; /* (nullable): not owned */
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleCallStage, wattle_call_stage, GTK_TYPE_WIDGET)

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, WattleCallStage *self)
{
  g_signal_emit (self, signals[CHOSEN], 0, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
}

static void
wattle_call_stage_measure (
  GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *base, int *natural_base)
{
  *minimum = 0;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 360;
}

static void
wattle_call_stage_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WattleCallStage *self = WATTLE_CALL_STAGE (widget);
  WattleStagePlace places[WATTLE_STAGE_MAX];
  GtkWidget *shown[WATTLE_STAGE_MAX];
  guint n = 0;
  guint large = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && n < WATTLE_STAGE_MAX;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child))
      {
        if (child == GTK_WIDGET (self->large))
          large = n;
        shown[n++] = child;
      }
  wattle_stage_arrange (self->layout, n, large, width, height, places);
  for (guint i = 0; i < n; i++)
    {
      gtk_widget_measure (shown[i], GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
      gtk_widget_size_allocate (
        shown[i], &(GtkAllocation){ places[i].x, places[i].y, MAX (places[i].width, 1), MAX (places[i].height, 1) },
        -1);
    }
}

static void
wattle_call_stage_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wattle_call_stage_parent_class)->dispose (object);
}

static void
wattle_call_stage_class_init (WattleCallStageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_call_stage_dispose;
  widget_class->measure = wattle_call_stage_measure;
  widget_class->size_allocate = wattle_call_stage_size_allocate;
  signals[CHOSEN] = g_signal_new ("chosen", WATTLE_TYPE_CALL_STAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                  1, WATTLE_TYPE_VIDEO_VIEW);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
wattle_call_stage_init (WattleCallStage *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/* (transfer floating) */
void
wattle_call_stage_add (WattleCallStage *self, WattleVideoView *view)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_parent (GTK_WIDGET (view), GTK_WIDGET (self));
}

void
wattle_call_stage_remove (WattleCallStage *self, WattleVideoView *view)
{
  if (self->large == view)
    self->large = NULL;
  gtk_widget_unparent (GTK_WIDGET (view));
}

void
wattle_call_stage_set_layout (WattleCallStage *self, WattleStageLayout layout)
{
  self->layout = layout;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* Which of them is large, with %WATTLE_STAGE_SPEAKER (nullable: the first). */
void
wattle_call_stage_set_large (WattleCallStage *self, WattleVideoView *view)
{
  if (self->large == view)
    return;
  self->large = view;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
