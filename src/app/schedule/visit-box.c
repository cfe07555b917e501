/* visit-box.c: a visit in the diary: a button that draws itself
 *
 * One widget without children: a week of several practitioners is a few hundred
 * of them, and each has its name and its click for a screen reader.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/visit-box.h"

#include <glib/gi18n-lib.h>

#include "app/schedule/diary-paint.h"
#include "app/widgets/display.h"

#define RADIUS 6
#define STRIPE 4
#define PAD 4
#define TITLE 0.95
#define DETAIL 0.85
/* A quarter of an hour has room for this. */
#define TINY 0.8
#define MAX_LINES 4
/* Narrower than this the start has to do, and there is no room for icons beside the name. */
#define NARROW 110
#define MIN_TITLE 52

struct _WattleVisitBox
{
  GtkButton parent;
  WattleDiary *diary;
  WattleDiaryBox box;
  char *lines[MAX_LINES]; /* who, when, what, where */
  char *start;
  PangoLayout *layouts[MAX_LINES];
  int laid_out_for;
  double title_scale;
};

G_DEFINE_FINAL_TYPE (WattleVisitBox, wattle_visit_box, GTK_TYPE_BUTTON)

static const char *const modality_icons[WATTLE_N_MODALITY] = {
  [WATTLE_MODALITY_VIDEO] = "camera-video-symbolic",
  [WATTLE_MODALITY_PHONE] = "call-start-symbolic",
  [WATTLE_MODALITY_HOME_VISIT] = "go-home-symbolic",
};

static const char *const status_icons[WATTLE_N_APPOINTMENT_STATUS] = {
  [WATTLE_APPOINTMENT_STATUS_ARRIVED] = "avatar-default-symbolic",
  [WATTLE_APPOINTMENT_STATUS_IN_VISIT] = "media-playback-start-symbolic",
  [WATTLE_APPOINTMENT_STATUS_COMPLETED] = "object-select-symbolic",
  [WATTLE_APPOINTMENT_STATUS_NO_SHOW] = "action-unavailable-symbolic",
};

static void
drop_layouts (WattleVisitBox *self)
{
  for (guint i = 0; i < MAX_LINES; i++)
    g_clear_object (&self->layouts[i]);
  self->laid_out_for = -1;
}

static void
lay_out (WattleVisitBox *self, int width, gboolean strike, double title)
{
  if (self->laid_out_for == width && self->title_scale == title)
    return;
  drop_layouts (self);
  self->laid_out_for = width;
  self->title_scale = title;
  for (guint i = 0; i < MAX_LINES; i++)
    if (self->lines[i] != NULL)
      {
        const char *text = i == 1 && width < NARROW ? self->start : self->lines[i];

        self->layouts[i] = wattle_diary_layout (GTK_WIDGET (self), text, i == 0 ? title : DETAIL, i == 0, width);
        if (strike && i == 0)
          {
            PangoAttrList *attributes = pango_layout_get_attributes (self->layouts[0]);

            pango_attr_list_insert (attributes, pango_attr_strikethrough_new (TRUE));
            pango_layout_set_attributes (self->layouts[0], attributes);
          }
      }
}

static void
draw_ground (WattleVisitBox *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, int width, int height)
{
  const WattleDiaryVisit *visit = self->box.visit;
  const WattleDiaryPerson *person = g_ptr_array_index (self->diary->people, visit->person);
  int status = visit->status;
  float share = status == WATTLE_APPOINTMENT_STATUS_COMPLETED || status == WATTLE_APPOINTMENT_STATUS_NO_SHOW ? 0.16f
                : status == WATTLE_APPOINTMENT_STATUS_IN_VISIT                                               ? 0.55f
                                                                                                             : 0.34f;
  GdkRGBA ground = wattle_diary_mix (&visit->colour, &theme->base, theme->dark ? share + 0.1f : share);
  GdkRGBA hatch = wattle_diary_fade (&theme->base, 0.45f);
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, width, height);

  if (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_PRELIGHT)
    ground = wattle_diary_mix (&theme->text, &ground, 0.06f);
  gtk_snapshot_append_color (snapshot, &ground, &all);
  if (status == WATTLE_APPOINTMENT_STATUS_TENTATIVE)
    wattle_diary_draw_hatch (snapshot, &hatch, &all);
  wattle_diary_draw_rect (snapshot, &person->colour, wattle_diary_place_x (GTK_WIDGET (self), 0, STRIPE), 0, STRIPE,
                          height);
}

/* Sides are counted from the one at which one begins to read. Returns where the icons begin. */
static int
draw_icons (WattleVisitBox *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, int width, int height,
            int line)
{
  const WattleDiaryVisit *visit = self->box.visit;
  const GdkRGBA soft = wattle_diary_fade (&theme->text, 0.75f);
  const char *icons[] = { visit->patient != NULL ? status_icons[visit->status] : NULL,
                          visit->patient != NULL ? modality_icons[visit->modality] : NULL };
  int size = CLAMP (MIN (line, height) - 4, 8, 16);
  int end = width - PAD;

  for (guint i = 0; i < G_N_ELEMENTS (icons); i++)
    if (icons[i] != NULL && end - size > MIN_TITLE)
      {
        const GdkRGBA *colour = visit->status == WATTLE_APPOINTMENT_STATUS_NO_SHOW && i == 0   ? &theme->error
                                : visit->status == WATTLE_APPOINTMENT_STATUS_ARRIVED && i == 0 ? &theme->success
                                                                                               : &soft;

        end -= size;
        wattle_diary_draw_icon (snapshot, GTK_WIDGET (self), icons[i], colour,
                                wattle_diary_place_x (GTK_WIDGET (self), end, size), MIN (3, (height - size) / 2),
                                size);
        end -= 3;
      }
  return end;
}

/* In a box of one line the start stands at its end, when there is room beside the name. */
static void
draw_start (WattleVisitBox *self, GtkSnapshot *snapshot, const GdkRGBA *colour, int start, int end, int height)
{
  g_autoptr (PangoLayout) layout = wattle_diary_layout (GTK_WIDGET (self), self->start, TINY, FALSE, -1);
  int title, width, line;

  pango_layout_get_pixel_size (self->layouts[0], &title, NULL);
  pango_layout_get_pixel_size (layout, &width, &line);
  if (start + title + 2 * PAD + width <= end - PAD)
    wattle_diary_draw_layout (snapshot, layout, colour,
                              wattle_diary_place_x (GTK_WIDGET (self), end - PAD - width, width),
                              (height - line) / 2.f);
}

static void
draw_text (WattleVisitBox *self, GtkSnapshot *snapshot, const WattleDiaryTheme *theme, int width, int height)
{
  int line = wattle_diary_line_height (GTK_WIDGET (self));
  int start = STRIPE + PAD;
  int end = draw_icons (self, snapshot, theme, width, height, line);
  int status = self->box.visit->status;
  gboolean past = status == WATTLE_APPOINTMENT_STATUS_COMPLETED || status == WATTLE_APPOINTMENT_STATUS_NO_SHOW;
  GdkRGBA strong = wattle_diary_fade (&theme->text, past ? 0.7f : 1);
  GdkRGBA soft = wattle_diary_fade (&theme->text, past ? 0.6f : 0.8f);
  float y = MIN (2.f, (height - (height < line + 2 ? TINY : 1) * line) / 2.f);

  lay_out (self, MAX (width - PAD - start, 1), status == WATTLE_APPOINTMENT_STATUS_NO_SHOW,
           height < line + 2 ? TINY : TITLE);
  pango_layout_set_width (self->layouts[0], MAX (end - start, 1) * PANGO_SCALE);
  for (guint i = 0; i < MAX_LINES; i++)
    {
      int room, used;

      if (self->layouts[i] == NULL)
        continue;
      room = pango_layout_get_width (self->layouts[i]) / PANGO_SCALE;
      pango_layout_get_pixel_size (self->layouts[i], NULL, &used);
      if (i > 0 && y + used > height - 1)
        {
          if (i == 1)
            draw_start (self, snapshot, &soft, start, end, height);
          break;
        }
      wattle_diary_draw_layout (snapshot, self->layouts[i], i == 0 ? &strong : &soft,
                                wattle_diary_place_x (GTK_WIDGET (self), start, room), y);
      y += used;
    }
}

static void
wattle_visit_box_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  WattleVisitBox *self = WATTLE_VISIT_BOX (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  WattleDiaryTheme theme;
  GskRoundedRect outline;

  if (self->diary == NULL || width <= 0 || height <= 0)
    return;
  wattle_diary_theme_read (&theme, widget);
  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  draw_ground (self, snapshot, &theme, width, height);
  draw_text (self, snapshot, &theme, width, height);
  gtk_snapshot_pop (snapshot);
  if (gtk_widget_has_visible_focus (widget) || self->box.visit->status == WATTLE_APPOINTMENT_STATUS_IN_VISIT)
    {
      const GdkRGBA *ring = gtk_widget_has_visible_focus (widget) ? &theme.accent_text : &self->box.visit->colour;

      gtk_snapshot_append_border (snapshot, &outline, (float[4]){ 2, 2, 2, 2 },
                                  (GdkRGBA[4]){ *ring, *ring, *ring, *ring });
    }
}

static void
wattle_visit_box_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (wattle_visit_box_parent_class)->css_changed (widget, change);
  drop_layouts (WATTLE_VISIT_BOX (widget));
  gtk_widget_queue_draw (widget);
}

/* The ring of the focus and the shade under the pointer are drawn here, and not by the theme. */
static void
wattle_visit_box_state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  GTK_WIDGET_CLASS (wattle_visit_box_parent_class)->state_flags_changed (widget, before);
  gtk_widget_queue_draw (widget);
}

static void
wattle_visit_box_dispose (GObject *object)
{
  WattleVisitBox *self = WATTLE_VISIT_BOX (object);

  drop_layouts (self);
  for (guint i = 0; i < MAX_LINES; i++)
    g_clear_pointer (&self->lines[i], g_free);
  g_clear_pointer (&self->start, g_free);
  g_clear_pointer (&self->diary, wattle_diary_unref);
  G_OBJECT_CLASS (wattle_visit_box_parent_class)->dispose (object);
}

static void
wattle_visit_box_class_init (WattleVisitBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_visit_box_dispose;
  widget_class->snapshot = wattle_visit_box_snapshot;
  widget_class->css_changed = wattle_visit_box_css_changed;
  widget_class->state_flags_changed = wattle_visit_box_state_flags_changed;
  gtk_widget_class_set_css_name (widget_class, "visit");
}

static void
wattle_visit_box_init (WattleVisitBox *self)
{
  self->laid_out_for = -1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_VISIBLE);
}

/**
 * wattle_visit_box_new:
 *
 * Returns: (transfer floating): a box that shows nothing yet
 */
GtkWidget *
wattle_visit_box_new (void)
{
  return g_object_new (WATTLE_TYPE_VISIT_BOX, NULL);
}

static gboolean
looks_the_same (const WattleDiaryVisit *one, const WattleDiaryVisit *other)
{
  return g_strcmp0 (one->who, other->who) == 0 && g_strcmp0 (one->what, other->what) == 0
         && g_strcmp0 (one->room, other->room) == 0 && g_strcmp0 (one->reason, other->reason) == 0
         && one->status == other->status && one->modality == other->modality && one->starts == other->starts
         && one->ends == other->ends && gdk_rgba_equal (&one->colour, &other->colour);
}

/**
 * wattle_visit_box_set:
 * @self: the box
 * @diary: what @box is part of
 * @box: what is shown
 *
 * Shows another visit, or the same one after a change; draws again only what looks different.
 */
void
wattle_visit_box_set (WattleVisitBox *self, WattleDiary *diary, const WattleDiaryBox *box)
{
  const WattleDiaryVisit *visit = box->visit;
  gboolean same = self->diary != NULL && self->diary->people->len == diary->people->len
                  && looks_the_same (self->box.visit, visit);
  WattleDiary *before = self->diary;
  g_autofree char *name = NULL;

  self->diary = wattle_diary_ref (diary);
  self->box = *box;
  g_clear_pointer (&before, wattle_diary_unref);
  if (same)
    return;
  for (guint i = 0; i < MAX_LINES; i++)
    g_clear_pointer (&self->lines[i], g_free);
  g_free (self->start);
  self->start = wattle_display_time (visit->starts, diary->zone);
  self->lines[0] = g_strdup (visit->who);
  self->lines[1] = wattle_diary_visit_times (diary, visit->starts, visit->ends);
  self->lines[2] = g_strdup (visit->what);
  self->lines[3] = g_strdup (visit->room);
  drop_layouts (self);
  name = wattle_diary_visit_name (diary, visit);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), name);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * wattle_visit_box_dim:
 * @self: the box
 * @dim: whether it is being moved away
 */
void
wattle_visit_box_dim (WattleVisitBox *self, gboolean dim)
{
  gtk_widget_set_opacity (GTK_WIDGET (self), dim ? 0.35 : 1);
}

/**
 * wattle_visit_box_box:
 * @self: the box
 *
 * Returns: (transfer none): what it shows
 */
const WattleDiaryBox *
wattle_visit_box_box (WattleVisitBox *self)
{
  return &self->box;
}

/**
 * wattle_visit_box_matches:
 * @self: the box
 * @box: what shall be shown
 *
 * Returns: whether it shows that visit already, in that part of it
 */
gboolean
wattle_visit_box_matches (WattleVisitBox *self, const WattleDiaryBox *box)
{
  return self->diary != NULL && g_str_equal (self->box.visit->id, box->visit->id)
         && (self->box.place.start > 0) == (box->place.start > 0);
}
