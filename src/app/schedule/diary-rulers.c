/* diary-rulers.c: what stands above and beside the diary: days and practitioners, and hours
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/diary-rulers.h"

#include <glib/gi18n-lib.h>

#include "app/schedule/diary-paint.h"
#include "base/civil-text.h"
#include "base/civil.h"

#define PAD 6
#define SMALL 0.85
#define DOT 9
/* Narrower than this a practitioner's name is short. */
#define WIDE_LANE 110

struct _WattleDiaryHead
{
  GtkWidget parent;
  WattleDiary *diary;
  gint64 today;
  int min_width;
};

enum
{
  DAY_ACTIVATED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleDiaryHead, wattle_diary_head, GTK_TYPE_WIDGET)

struct _WattleDiaryHours
{
  GtkWidget parent;
  WattleDiary *diary;
  gint64 now;
  int height;
};

G_DEFINE_FINAL_TYPE (WattleDiaryHours, wattle_diary_hours, GTK_TYPE_WIDGET)

static gboolean
any_holiday (WattleDiary *diary)
{
  for (guint i = 0; i < diary->holidays->len; i++)
    if (*(const char *) g_ptr_array_index (diary->holidays, i) != '\0')
      return TRUE;
  return FALSE;
}

/* One practitioner is named by the list already. */
static gboolean
shows_people (WattleDiary *diary)
{
  return diary->people->len > 1 || diary->axis.n_days == 1;
}

static char *
name_day (gint64 date)
{
  static const char *const days[] = {
    N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun")
  };
  int day;

  wattle_date_to_ymd (date, NULL, NULL, &day);
  return g_strdup_printf ("%s %d", _(days[wattle_date_weekday (date) - 1]), day);
}

static void
draw_day (WattleDiaryHead *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, guint day, float left,
          float width, int line)
{
  gint64 date = self->diary->axis.days[day].date;
  g_autofree char *name = self->diary->axis.n_days == 1 ? wattle_date_display_long (date) : name_day (date);
  g_autoptr (PangoLayout) layout
    = wattle_diary_layout (GTK_WIDGET (self), name, 1, date == self->today, MAX ((int) width - 2 * PAD, 1));
  int used;

  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, &used, NULL);
  if (date == self->today)
    {
      const GdkRGBA ground = wattle_diary_fade (&theme->accent, 0.18f);
      GskRoundedRect pill;

      gsk_rounded_rect_init_from_rect (
        &pill, &GRAPHENE_RECT_INIT (left + (width - used) / 2 - 8, 2, used + 16, line + 4), (line + 4) / 2.f);
      gtk_snapshot_push_rounded_clip (snapshot, &pill);
      gtk_snapshot_append_color (snapshot, &ground, &pill.bounds);
      gtk_snapshot_pop (snapshot);
    }
  wattle_diary_draw_layout (snapshot, layout, date == self->today ? &theme->accent_text : &theme->text, left + PAD, 4);
}

static void
draw_person (WattleDiaryHead *self,
             GtkSnapshot *snapshot,
             const WattleDiaryTheme *theme,
             guint day,
             guint person,
             float y,
             int line)
{
  const WattleDiaryPerson *who = g_ptr_array_index (self->diary->people, person);
  guint n = self->diary->people->len;
  float left, right;
  const GdkRGBA soft = wattle_diary_fade (&theme->text, 0.85f);
  g_autoptr (PangoLayout) layout = NULL;
  GskRoundedRect dot;
  float width, margin;
  int room, used;

  wattle_diary_lane_bounds (GTK_WIDGET (self), day * n + person, self->diary->axis.n_days * n, &left, &right);
  width = right - left;
  room = MAX ((int) width - DOT - 3 * PAD, 1);
  layout = wattle_diary_layout (GTK_WIDGET (self), width > WIDE_LANE ? who->name : who->short_name, SMALL, FALSE, room);
  pango_layout_get_pixel_size (layout, &used, NULL);
  margin = MAX ((width - used - DOT - PAD) / 2, PAD / 2.f);
  /* The dot stands before the name, whichever way one reads. */
  left = wattle_diary_is_mirrored (GTK_WIDGET (self)) ? right - margin - DOT : left + margin;
  gsk_rounded_rect_init_from_rect (&dot, &GRAPHENE_RECT_INIT (left, y + (line * SMALL - DOT) / 2 + 1, DOT, DOT),
                                   DOT / 2.f);
  gtk_snapshot_push_rounded_clip (snapshot, &dot);
  gtk_snapshot_append_color (snapshot, &who->colour, &dot.bounds);
  gtk_snapshot_pop (snapshot);
  left += wattle_diary_is_mirrored (GTK_WIDGET (self)) ? -PAD - room : DOT + PAD;
  wattle_diary_draw_layout (snapshot, layout, &soft, left, y);
}

static void
draw_holiday (WattleDiaryHead *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, guint day, float left,
              float width, float y, int line)
{
  const char *name = g_ptr_array_index (self->diary->holidays, day);
  const GdkRGBA ground = wattle_diary_mix (&(GdkRGBA){ 0.9f, 0.38f, 0, 1 }, &theme->base, theme->dark ? 0.35f : 0.2f);
  g_autoptr (PangoLayout) layout = NULL;
  GskRoundedRect band;

  if (*name == '\0')
    return;
  gsk_rounded_rect_init_from_rect (&band, &GRAPHENE_RECT_INIT (left + 2, y, width - 4, line + 2), 4);
  gtk_snapshot_push_rounded_clip (snapshot, &band);
  gtk_snapshot_append_color (snapshot, &ground, &band.bounds);
  gtk_snapshot_pop (snapshot);
  layout = wattle_diary_layout (GTK_WIDGET (self), name, SMALL, FALSE, MAX ((int) width - 2 * PAD - 4, 1));
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  wattle_diary_draw_layout (snapshot, layout, &theme->text, left + PAD + 2, y + 2);
}

static void
wattle_diary_head_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleDiaryHead *self = WATTLE_DIARY_HEAD (widget);
  int line = wattle_diary_line_height (widget);
  WattleDiaryTheme theme;
  GdkRGBA edge;

  if (self->diary == NULL)
    return;
  wattle_diary_theme_read (&theme, widget);
  edge = wattle_diary_fade (&theme.text, 0.15f);
  for (guint day = 0; day < self->diary->axis.n_days; day++)
    {
      float y = line + 10;
      float left, right;

      wattle_diary_lane_bounds (widget, day, self->diary->axis.n_days, &left, &right);
      draw_day (self, snapshot, &theme, day, left, right - left, line);
      if (shows_people (self->diary))
        {
          for (guint i = 0; i < self->diary->people->len; i++)
            draw_person (self, snapshot, &theme, day, i, y, line);
          y += line + 2;
        }
      draw_holiday (self, snapshot, &theme, day, left, right - left, y, line);
      if (day > 0)
        wattle_diary_draw_border (snapshot, widget, &edge, day, self->diary->axis.n_days);
    }
}

static void
wattle_diary_head_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  WattleDiaryHead *self = WATTLE_DIARY_HEAD (widget);
  int line = wattle_diary_line_height (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = self->min_width;
  else
    *minimum = *natural = line + 10
                          + (self->diary != NULL && shows_people (self->diary) ? line + 2 : 0)
                          + (self->diary != NULL && any_holiday (self->diary) ? line + 6 : 0);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, WattleDiaryHead *self)
{
  guint n = self->diary != NULL ? self->diary->axis.n_days : 0;

  if (n > 1)
    g_signal_emit (self, signals[DAY_ACTIVATED], 0,
                   self->diary->axis.days[wattle_diary_lane_at (GTK_WIDGET (self), x, n)].date);
}

static void
wattle_diary_head_dispose (GObject *object)
{
  g_clear_pointer (&WATTLE_DIARY_HEAD (object)->diary, wattle_diary_unref);
  G_OBJECT_CLASS (wattle_diary_head_parent_class)->dispose (object);
}

static void
wattle_diary_head_class_init (WattleDiaryHeadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_diary_head_dispose;
  widget_class->snapshot = wattle_diary_head_snapshot;
  widget_class->measure = wattle_diary_head_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_HEADING);
  signals[DAY_ACTIVATED] = g_signal_new ("day-activated", WATTLE_TYPE_DIARY_HEAD, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
wattle_diary_head_init (WattleDiaryHead *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

static char *
describe_head (WattleDiary *diary)
{
  GString *text = g_string_new (NULL);

  for (guint day = 0; day < diary->axis.n_days; day++)
    {
      const char *holiday = g_ptr_array_index (diary->holidays, day);
      g_autofree char *date = wattle_date_display_long (diary->axis.days[day].date);

      if (day == 0 || day + 1 == diary->axis.n_days || *holiday != '\0')
        g_string_append_printf (text, "%s%s%s%s", text->len > 0 ? "; " : "", date, *holiday != '\0' ? ": " : "",
                                holiday);
    }
  return g_string_free (text, FALSE);
}

/**
 * wattle_diary_head_set:
 * @self: the head
 * @diary: what stands below it
 * @today: the date at the practice
 * @min_width: as wide as what stands below it at least
 */
void
wattle_diary_head_set (WattleDiaryHead *self, WattleDiary *diary, gint64 today, int min_width)
{
  g_autofree char *text = describe_head (diary);

  wattle_diary_ref (diary);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  self->diary = diary;
  self->today = today;
  self->min_width = min_width;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static char *
name_hour (int minute)
{
  int hour = minute / 60 % 24;

  return g_strdup_printf (hour < 12 ? _("%d am") : _("%d pm"), hour % 12 == 0 ? 12 : hour % 12);
}

static void
wattle_diary_hours_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleDiaryHours *self = WATTLE_DIARY_HOURS (widget);
  int height = gtk_widget_get_height (widget);
  int line = wattle_diary_line_height (widget);
  WattleDiaryTheme theme;
  GdkRGBA soft;

  if (self->diary == NULL)
    return;
  wattle_diary_theme_read (&theme, widget);
  soft = wattle_diary_fade (&theme.text, 0.6f);
  for (int position = 15; position < self->diary->axis.length; position += 15)
    {
      int minute = wattle_diary_axis_wall (&self->diary->axis, position);
      float y = (float) height * position / self->diary->axis.length;
      g_autofree char *text = minute % 60 == 0 ? name_hour (minute) : NULL;
      g_autoptr (PangoLayout) layout = NULL;
      int used;

      if (text == NULL)
        continue;
      layout = wattle_diary_layout (widget, text, SMALL, FALSE, -1);
      pango_layout_get_pixel_size (layout, &used, NULL);
      wattle_diary_draw_layout (snapshot, layout, &soft,
                                wattle_diary_place_x (widget, gtk_widget_get_width (widget) - used - PAD, used),
                                y - line * SMALL / 2);
    }
}

static void
wattle_diary_hours_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  WattleDiaryHours *self = WATTLE_DIARY_HOURS (widget);
  g_autofree char *text = name_hour (12 * 60);
  g_autoptr (PangoLayout) layout = wattle_diary_layout (widget, text, SMALL, FALSE, -1);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? width + 2 * PAD : self->height;
}

static void
wattle_diary_hours_dispose (GObject *object)
{
  g_clear_pointer (&WATTLE_DIARY_HOURS (object)->diary, wattle_diary_unref);
  G_OBJECT_CLASS (wattle_diary_hours_parent_class)->dispose (object);
}

static void
wattle_diary_hours_class_init (WattleDiaryHoursClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_diary_hours_dispose;
  widget_class->snapshot = wattle_diary_hours_snapshot;
  widget_class->measure = wattle_diary_hours_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
wattle_diary_hours_init (WattleDiaryHours *self)
{
}

/**
 * wattle_diary_hours_set:
 * @self: the hours
 * @diary: what stands beside them
 * @now: instant
 * @height: as high as what stands beside them
 */
void
wattle_diary_hours_set (WattleDiaryHours *self, WattleDiary *diary, gint64 now, int height)
{
  wattle_diary_ref (diary);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  self->diary = diary;
  self->now = now;
  self->height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
