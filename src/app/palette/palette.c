/* palette.c: finds any patient, booking, invoice, place or action by typing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/palette/palette.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/palette/palette-item.h"
#include "app/palette/palette-search.h"
#include "app/places.h"
#include "app/widgets/list-row.h"
#include "base/text.h"
#include "domain/policy.h"

struct _WattlePalette
{
  AdwWindow parent;
  WattleContext *context;
  GCancellable *search;
  GListStore *found;
  GPtrArray *fixed; /* places and actions */
  GtkEditable *entry;
  GtkStack *stack;
  GtkListView *list;
  GtkSingleSelection *selection;
};

G_DEFINE_FINAL_TYPE (WattlePalette, wattle_palette, ADW_TYPE_WINDOW)

static const struct
{
  const char *action;
  const char *icon;
  const char *title;
  const char *keywords;
  const char *rule; /* (nullable): of who may */
} actions[] = {
  { "win.new", "list-add-symbolic", N_("New here"), N_("add, create") },
  { "app.active-sessions", "camera-video-symbolic", N_("Active Sessions"),
    N_("video, rooms, waiting room, monitor, calls, telehealth"), "GET /v1/rooms" },
  { "win.sync", "view-refresh-symbolic", N_("Synchronise now"), N_("send, fetch, refresh") },
  { "win.lock", "system-lock-screen-symbolic", N_("Lock"), N_("leave, hide") },
  { "win.sign-out", "system-log-out-symbolic", N_("Sign in as someone else"), N_("sign out, switch user, leave") },
  { "win.shortcuts", "preferences-desktop-keyboard-shortcuts-symbolic", N_("Keyboard shortcuts"), N_("help, keys") },
};

static void
add_fixed (WattlePalette *self, WattlePaletteItem *item, const char *keywords)
{
  g_autofree char *text = g_strconcat (item->title, " ", keywords, NULL);

  item->keywords = wattle_text_fold (text);
  g_ptr_array_add (self->fixed, item);
}

static void
fill_fixed (WattlePalette *self)
{
  const WattleActor *actor = wattle_context_actor (self->context);
  guint n;
  const WattlePlace *places = wattle_places (&n);

  g_ptr_array_set_size (self->fixed, 0);
  for (guint i = 0; i < n; i++)
    if (actor != NULL && (places[i].roles & WATTLE_ROLE_BIT (actor->role)) != 0)
      add_fixed (self,
                 wattle_palette_item_new (WATTLE_PALETTE_PLACE, 0, places[i].id, places[i].icon, _(places[i].title),
                                          _("Place")),
                 _(places[i].keywords));
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (actions[i].rule == NULL || wattle_context_may (self->context, actions[i].rule))
      add_fixed (self,
                 wattle_palette_item_new (WATTLE_PALETTE_ACTION, 0, actions[i].action, actions[i].icon,
                                          _(actions[i].title), _("Action")),
                 _(actions[i].keywords));
}

/* Whether each word typed begins a word of the keywords. */
static gboolean
matches (const char *keywords, char **words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *at = keywords;

      if (*words[i] == '\0')
        continue;
      while ((at = strstr (at, words[i])) != NULL && at != keywords && at[-1] != ' ')
        at++;
      if (at == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
show_found (WattlePalette *self, GPtrArray *records)
{
  g_autofree char *folded = wattle_text_fold (gtk_editable_get_text (self->entry));
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  GPtrArray *late = g_ptr_array_new ();

  /* A place or action whose own name was begun stands before people, others behind. */
  for (guint i = 0; i < self->fixed->len; i++)
    {
      WattlePaletteItem *item = g_ptr_array_index (self->fixed, i);

      if (matches (item->keywords, words))
        g_ptr_array_add (*folded != '\0' && g_str_has_prefix (item->keywords, folded) ? items : late, item);
    }
  for (guint i = 0; records != NULL && i < records->len; i++)
    g_ptr_array_add (items, g_ptr_array_index (records, i));
  g_ptr_array_extend_and_steal (items, late);
  g_list_store_splice (self->found, 0, g_list_model_get_n_items (G_LIST_MODEL (self->found)), items->pdata,
                       items->len);
  gtk_stack_set_visible_child_name (self->stack, items->len > 0 ? "list" : "none");
  if (items->len > 0)
    gtk_single_selection_set_selected (self->selection, 0);
}

static void
searched_cb (gpointer owner, gpointer result, const GError *error)
{
  show_found (WATTLE_PALETTE (owner), result);
}

static void
typed_cb (WattlePalette *self)
{
  const char *text = gtk_editable_get_text (self->entry);

  g_cancellable_cancel (self->search);
  g_set_object (&self->search, NULL);
  if (*text == '\0')
    {
      show_found (self, NULL);
      return;
    }
  self->search = g_cancellable_new ();
  wattle_context_load (self->context, wattle_palette_search,
                       g_variant_new ("(ss)", text, g_time_zone_get_identifier (wattle_context_zone (self->context))),
                       (GDestroyNotify) g_ptr_array_unref, self->search, self, searched_cb);
}

static void
open_item (WattlePalette *self, WattlePaletteItem *item)
{
  g_autoptr (WattlePaletteItem) kept = g_object_ref (item);
  g_autoptr (WattleContext) context = g_object_ref (self->context);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_window_destroy (GTK_WINDOW (self));
  if (kept->kind == WATTLE_PALETTE_RECORD)
    wattle_context_open (context, kept->type, kept->target);
  else if (kept->kind == WATTLE_PALETTE_PLACE)
    wattle_context_open_place (context, kept->target);
  else
    gtk_widget_activate_action (GTK_WIDGET (parent), kept->target, NULL);
}

static void
activate_cb (WattlePalette *self)
{
  WattlePaletteItem *item = gtk_single_selection_get_selected_item (self->selection);

  if (item != NULL)
    open_item (self, item);
}

static void
row_cb (WattlePalette *self, guint position)
{
  g_autoptr (WattlePaletteItem) item = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  open_item (self, item);
}

static gboolean
key_cb (WattlePalette *self, guint key)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint at = gtk_single_selection_get_selected (self->selection);

  if (n == 0 || (key != GDK_KEY_Down && key != GDK_KEY_Up))
    return GDK_EVENT_PROPAGATE;
  at = key == GDK_KEY_Down ? (at + 1) % n : (at + n - 1) % n;
  gtk_single_selection_set_selected (self->selection, at);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", at);
  return GDK_EVENT_STOP;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, g_object_new (WATTLE_TYPE_LIST_ROW, NULL));
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  WattlePaletteItem *item = gtk_list_item_get_item (list_item);

  wattle_list_row_set (WATTLE_LIST_ROW (gtk_list_item_get_child (list_item)), item->icon, item->title, item->subtitle,
                       NULL);
}

static void
wattle_palette_dispose (GObject *object)
{
  WattlePalette *self = WATTLE_PALETTE (object);

  g_cancellable_cancel (self->search);
  g_clear_object (&self->search);
  g_clear_object (&self->context);
  g_clear_object (&self->found);
  g_clear_pointer (&self->fixed, g_ptr_array_unref);
  G_OBJECT_CLASS (wattle_palette_parent_class)->dispose (object);
}

static void
wattle_palette_class_init (WattlePaletteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_palette_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/palette/palette.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePalette, entry);
  gtk_widget_class_bind_template_child (widget_class, WattlePalette, stack);
  gtk_widget_class_bind_template_child (widget_class, WattlePalette, list);
  gtk_widget_class_bind_template_child (widget_class, WattlePalette, selection);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
}

static void
wattle_palette_init (WattlePalette *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->found = g_list_store_new (WATTLE_TYPE_PALETTE_ITEM);
  self->fixed = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->found));
}

/**
 * wattle_palette_open:
 * @parent: the window it belongs to
 * @context: the context
 *
 * Shows a new one, which goes when it is closed: GTK 4.8 ends the program when a
 * screen reader asks for a window that went a moment ago while another is kept
 * that was never shown.
 *
 * Returns: (transfer none): the palette
 */
GtkWindow *
wattle_palette_open (GtkWindow *parent, WattleContext *context)
{
  WattlePalette *self = g_object_new (WATTLE_TYPE_PALETTE, "transient-for", parent, NULL);

  self->context = g_object_ref (context);
  fill_fixed (self);
  show_found (self, NULL);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return GTK_WINDOW (self);
}
