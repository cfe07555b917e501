/* call-stage.c: the pictures of a call, arranged
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-stage.h"

/* Pixels between the own picture and the edges of the one in whose corner it stands. */
#define MARGIN 12

struct _WattleCallStage
{
  GtkWidget parent;
  WattleStageLayout layout;
  WattleVideoView *large; /* (nullable): not owned */
  WattleVideoView *own;   /* likewise */
  int own_width;          /* in the corner */
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
put (GtkWidget *child, const WattleStagePlace *place)
{
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_size_allocate (child,
                            &(GtkAllocation){ place->x, place->y, MAX (place->width, 1), MAX (place->height, 1) }, -1);
}

/* Where one's own picture covers nobody else's: in the corner of the large one, which keeps its words beside it. */
static void
put_own (WattleCallStage *self, GtkWidget *large, const WattleStagePlace *of)
{
  int width = MIN (self->own_width, of->width * 2 / 5);
  int height = width * 9 / 16;

  if (large != NULL)
    wattle_video_view_set_inset (WATTLE_VIDEO_VIEW (large), width + MARGIN);
  put (GTK_WIDGET (self->own),
       &(WattleStagePlace){ of->x + of->width - width - MARGIN, of->y + of->height - height - MARGIN, width, height });
}

static void
wattle_call_stage_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  WattleCallStage *self = WATTLE_CALL_STAGE (widget);
  WattleStagePlace places[WATTLE_STAGE_MAX] = { { 0, 0, width, height } };
  GtkWidget *shown[WATTLE_STAGE_MAX] = { NULL };
  gboolean corner =
    self->own != NULL && gtk_widget_should_layout (GTK_WIDGET (self->own)) && self->layout == WATTLE_STAGE_SPEAKER;
  guint n = 0;
  guint large = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && n < WATTLE_STAGE_MAX;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_should_layout (child) && !(corner && child == GTK_WIDGET (self->own)))
      {
        wattle_video_view_set_inset (WATTLE_VIDEO_VIEW (child), 0);
        if (child == GTK_WIDGET (self->large))
          large = n;
        shown[n++] = child;
      }
  wattle_stage_arrange (self->layout, n, large, width, height, places);
  if (corner)
    put_own (self, shown[large], &places[large]);
  for (guint i = 0; i < n; i++)
    put (shown[i], &places[i]);
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

/* (transfer floating): the others stand in the order in which they came. */
void
wattle_call_stage_add (WattleCallStage *self, WattleVideoView *view)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_object (click, "pressed", G_CALLBACK (pressed_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));
  gtk_widget_insert_before (GTK_WIDGET (view), GTK_WIDGET (self), GTK_WIDGET (self->own));
}

/* (transfer floating): one's own picture, once: the last of all, or in the corner where one is large. */
void
wattle_call_stage_set_own (WattleCallStage *self, WattleVideoView *view)
{
  self->own = view;
  gtk_widget_insert_before (GTK_WIDGET (view), GTK_WIDGET (self), NULL);
}

/* How wide it is in the corner, where there is room for that. */
void
wattle_call_stage_set_own_width (WattleCallStage *self, int width)
{
  self->own_width = width;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
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

/* (nullable): who is large, once somebody was chosen or spoke. */
WattleVideoView *
wattle_call_stage_large (WattleCallStage *self)
{
  return self->large;
}
