/* portal-view.c: what every place of a patient derives from: large rows in groups, plain words
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-view.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-join.h"
#include "app/widgets/hint-row.h"

#define SHOWN 50 /* rows of each group to begin with: a list of years would hold up the window */

typedef struct
{
  guint minute;
  guint shown;
  char *visit; /* the one of the card */
  GtkLabel *heading;
  GtkLabel *text;
  GtkWidget *card;
  GtkLabel *card_when;
  GtkLabel *card_what;
  GtkLabel *card_text;
  GtkButton *card_act;
  GtkBox *groups;
  AdwStatusPage *empty;
} WattlePortalViewPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattlePortalView, wattle_portal_view, WATTLE_TYPE_VIEW)

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
activated_cb (WattlePortalView *self, WattleEntryRow *row)
{
  WATTLE_PORTAL_VIEW_GET_CLASS (self)->open (self, row);
}

static void
act_cb (WattlePortalView *self, WattleEntryRow *row)
{
  WATTLE_PORTAL_VIEW_GET_CLASS (self)->act (self, row);
}

static void
join (WattlePortalView *self, WattleEntryRow *row)
{
  wattle_portal_join (GTK_WIDGET (self), wattle_entry_row_id (row));
}

static void
add_row (WattlePortalView *self, AdwPreferencesGroup *group, const WattleEntry *entry)
{
  GtkWidget *row = wattle_entry_row_new (entry);
  gboolean opens = WATTLE_PORTAL_VIEW_GET_CLASS (self)->open != NULL && entry->id != NULL;

  /* Whoever reads this may have set large letters on a small screen: no word is cut. */
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), opens);
  if (opens)
    g_signal_connect_object (row, "activated", G_CALLBACK (activated_cb), self, G_CONNECT_SWAPPED);
  if (entry->verb != NULL)
    g_signal_connect_object (row, "act", G_CALLBACK (act_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (group, row);
}

static void
more_cb (WattlePortalView *self)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);

  priv->shown += SHOWN * 4;
  wattle_view_refresh (WATTLE_VIEW (self));
}

static void
fill_group (WattlePortalView *self, AdwPreferencesGroup *list, const GPtrArray *entries)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);
  guint n = MIN (entries->len, priv->shown);
  GtkWidget *more;

  for (guint i = 0; i < n; i++)
    add_row (self, list, entries->pdata[i]);
  if (n == entries->len)
    return;
  more = wattle_hint_row_new_more (entries->len - n);
  g_signal_connect_object (more, "activated", G_CALLBACK (more_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (list, more);
}

/* The number of the row that has the focus, over all groups, or -1. */
static int
focused_place (GtkWidget *widget, GtkWidget *focus, int *n)
{
  int place = -1;

  if (GTK_IS_LIST_BOX_ROW (widget))
    {
      (*n)++;
      return focus == widget || gtk_widget_is_ancestor (focus, widget) ? *n - 1 : -1;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && place < 0;
       child = gtk_widget_get_next_sibling (child))
    place = focused_place (child, focus, n);
  return place;
}

static GtkWidget *
row_at (GtkWidget *widget, int *place)
{
  GtkWidget *row = NULL;

  if (GTK_IS_LIST_BOX_ROW (widget))
    return (*place)-- == 0 ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && row == NULL;
       child = gtk_widget_get_next_sibling (child))
    row = row_at (child, place);
  return row;
}

static guint
show_groups (WattlePortalView *self, const WattlePortal *portal)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);
  GtkWidget *child;
  guint rows = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (priv->groups))) != NULL)
    gtk_box_remove (priv->groups, child);
  for (guint g = 0; g < portal->groups->len; g++)
    {
      const WattlePortalGroup *group = portal->groups->pdata[g];
      AdwPreferencesGroup *list;

      if (group->entries->len == 0)
        continue;
      list = g_object_new (ADW_TYPE_PREFERENCES_GROUP, NULL);
      adw_preferences_group_set_title (list, group->heading != NULL ? group->heading : "");
      adw_preferences_group_set_description (list, group->text);
      fill_group (self, list, group->entries);
      gtk_box_append (priv->groups, GTK_WIDGET (list));
      rows += group->entries->len;
    }
  return rows;
}

/* The rows are made anew, and whoever stood on one stands on that which has its place now, without being scrolled away:
 * that of “Show more” is the first of those it shows. */
static guint
show_groups_in_place (WattlePortalView *self, const WattlePortal *portal)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);
  GtkWidget *groups = GTK_WIDGET (priv->groups);
  GtkWidget *pane = gtk_widget_get_ancestor (groups, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (pane));
  GtkRoot *root = gtk_widget_get_root (groups);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  double value = gtk_adjustment_get_value (scroll);
  int n = 0;
  int place = focus != NULL ? focused_place (groups, focus, &n) : -1;
  guint rows = show_groups (self, portal);
  GtkWidget *row = place >= 0 ? row_at (groups, &place) : NULL;

  if (row != NULL)
    gtk_widget_grab_focus (row);
  gtk_adjustment_set_value (scroll, value);
  return rows;
}

static void
show_card (WattlePortalView *self, const WattleEntry *card)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);

  gtk_widget_set_visible (priv->card, card != NULL);
  if (card == NULL)
    return;
  g_free (priv->visit);
  priv->visit = g_strdup (card->id);
  set_label (priv->card_when, card->title);
  set_label (priv->card_what, card->subtitle);
  set_label (priv->card_text, card->pill);
  gtk_widget_set_visible (GTK_WIDGET (priv->card_act), card->verb != NULL);
  gtk_button_set_label (priv->card_act, card->verb != NULL ? card->verb : "");
}

static void
show_empty (WattlePortalView *self, gboolean shown, gboolean known)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);
  WattlePortalViewClass *klass = WATTLE_PORTAL_VIEW_GET_CLASS (self);

  gtk_widget_set_visible (GTK_WIDGET (priv->empty), shown);
  adw_status_page_set_icon_name (priv->empty, known ? klass->icon : "content-loading-symbolic");
  adw_status_page_set_title (priv->empty, known ? _(klass->empty) : _("Your Record Is on Its Way"));
  adw_status_page_set_description (priv->empty, known ? _(klass->empty_text)
                                                      : _("It comes from the practice, as soon as that has confirmed "
                                                           "your account. You need not wait here."));
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattlePortalView *self = owner;
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);
  const WattlePortal *portal = result;
  guint rows;

  if (error != NULL)
    {
      set_label (priv->text, error->message);
      return;
    }
  set_label (priv->heading, portal->heading);
  set_label (priv->text, portal->text);
  show_card (self, portal->card);
  rows = show_groups_in_place (self, portal);
  show_empty (self, rows == 0 && portal->card == NULL,
              portal->is_known && !wattle_context_is_fetching (wattle_view_context (WATTLE_VIEW (self))));
}

static void
refresh (WattleView *view)
{
  wattle_view_load (view, WATTLE_PORTAL_VIEW_GET_CLASS (view)->read,
                    wattle_portal_arguments (wattle_view_context (view)), (GDestroyNotify) wattle_portal_free,
                    loaded_cb);
}

static gboolean
reveal (WattleView *view, WattleRecordType type, const char *id)
{
  return type == WATTLE_PORTAL_VIEW_GET_CLASS (view)->type;
}

/* A room opens, a visit begins: what is shown follows the clock. */
static gboolean
minute_cb (gpointer data)
{
  wattle_view_refresh (WATTLE_VIEW (data));
  return G_SOURCE_CONTINUE;
}

static void
card_act_cb (WattlePortalView *self)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);

  wattle_portal_join (GTK_WIDGET (self), priv->visit);
}

static void
wattle_portal_view_dispose (GObject *object)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (WATTLE_PORTAL_VIEW (object));

  g_clear_handle_id (&priv->minute, g_source_remove);
  g_clear_pointer (&priv->visit, g_free);
  G_OBJECT_CLASS (wattle_portal_view_parent_class)->dispose (object);
}

static void
wattle_portal_view_class_init (WattlePortalViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  WattleViewClass *view_class = WATTLE_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_portal_view_dispose;
  view_class->refresh = refresh;
  view_class->reveal = reveal;
  klass->act = join;
  klass->type = WATTLE_N_RECORDS;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/portal/portal-view.ui");
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, heading);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, text);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, card);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, card_when);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, card_what);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, card_text);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, card_act);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, groups);
  gtk_widget_class_bind_template_child_private (widget_class, WattlePortalView, empty);
  gtk_widget_class_bind_template_callback (widget_class, card_act_cb);
}

static void
wattle_portal_view_init (WattlePortalView *self)
{
  WattlePortalViewPrivate *priv = wattle_portal_view_get_instance_private (self);

  gtk_widget_init_template (GTK_WIDGET (self));
  priv->shown = SHOWN;
  priv->minute = g_timeout_add_seconds (60, minute_cb, self);
}
