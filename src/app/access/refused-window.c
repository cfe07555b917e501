/* refused-window.c: what the server did not take and keeps, until somebody says what became of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/access/refused-window.h"

#include <glib/gi18n-lib.h>

#include "app/outbox/change-row.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/civil.h"

#define WATTLE_TYPE_REFUSED_WINDOW (wattle_refused_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleRefusedWindow, wattle_refused_window, WATTLE, REFUSED_WINDOW, AdwWindow)

struct _WattleRefusedWindow
{
  AdwWindow parent;
  WattleContext *context;
  GCancellable *cancellable;
  guint shown;
  GtkLabel *message;
  GtkListBox *items;
};

G_DEFINE_FINAL_TYPE (WattleRefusedWindow, wattle_refused_window, ADW_TYPE_WINDOW)

/* One that was refused, as people read it. */
typedef struct
{
  char *id;
  char *who; /* (nullable) */
  char *at;
  char *why;
  WattleChangeWords *words;
} Item;

static void
item_free (Item *self)
{
  g_free (self->id);
  g_free (self->who);
  g_free (self->at);
  g_free (self->why);
  g_clear_pointer (&self->words, wattle_change_words_free);
  g_free (self);
}

static Item *
read_item (WattleReader *reader, WattleJsonNode row, GTimeZone *zone)
{
  Item *self = g_new0 (Item, 1);
  const char *user = wattle_json_member_string (row, "user");
  const char *name = wattle_json_member_string (row, "name");
  g_autoptr (WattleRecord) person = user != NULL ? wattle_reader_get (reader, WATTLE_RECORD_USER, user, NULL) : NULL;
  gsize length = 0;
  const char *raw = wattle_json_raw (wattle_json_member (row, "args"), &length);
  g_autofree char *args = g_strndup (raw, length);
  gint64 instant;

  self->id = g_strdup (wattle_json_member_string (row, "id"));
  self->why = g_strdup (wattle_json_member_string (row, "message"));
  if (person != NULL)
    self->who = g_strdup (wattle_record_get_string (person, WATTLE_USER_DISPLAY_NAME));
  if (wattle_json_member_instant (row, "at", &instant))
    self->at = wattle_display_date_time (instant, zone);
  self->words = wattle_change_words (reader, name != NULL ? name : "", args, zone);
  return self;
}

/* The server's answer, with the names of people and patients that are known here. */
static gpointer
read_items (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (WattleJson) answer = NULL;
  const char *zone_name, *text;
  WattleJsonIter iter;
  WattleJsonNode row;

  g_variant_get (arguments, "(&s&s)", &zone_name, &text);
  zone = g_time_zone_new_identifier (zone_name);
  answer = wattle_json_parse (text, -1, NULL, error);
  if (answer == NULL || zone == NULL)
    return NULL;
  iter = wattle_json_iter (wattle_json_root (answer));
  while (wattle_json_next (&iter, NULL, &row))
    g_ptr_array_add (items, read_item (wattle_transaction_reader (transaction), row, zone));
  return g_steal_pointer (&items);
}

static void
tell_number (WattleRefusedWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->items), self->shown > 0);
  gtk_label_set_label (self->message,
                       self->shown > 0
                         ? _("The server did not take these changes and kept their words. Write them where they belong,"
                             " or ask who made them; then say what became of each. Reading this list is written down.")
                         : _("Nothing waits here. What the server does not take and must not get lost is kept in this"
                             " list, until somebody says what became of it."));
}

/* What one line of the list needs to be settled. */
typedef struct
{
  WattleRefusedWindow *window;
  GtkWidget *row, *entry;
} Settling;

static void
settled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Settling *act = data;
  g_autoptr (WattleRefusedWindow) self = act->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  if (self->context == NULL)
    return;
  if (error != NULL)
    {
      gtk_widget_set_sensitive (act->entry, TRUE);
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  gtk_list_box_remove (self->items, act->row);
  self->shown--;
  tell_number (self);
}

static void
settle_cb (GtkWidget *entry, gpointer data)
{
  GtkWidget *row = data;
  WattleRefusedWindow *self = WATTLE_REFUSED_WINDOW (gtk_widget_get_root (entry));
  const char *id = g_object_get_data (G_OBJECT (row), "operation");
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  g_autofree char *path = g_strconcat ("/quarantine/", id, NULL);
  g_autoptr (GString) body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);
  Settling *act;

  if (*reason == '\0')
    return;
  act = g_new0 (Settling, 1);
  *act = (Settling){ .window = g_object_ref (self), .row = row, .entry = entry };
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "reason", reason);
  wattle_json_end_object (&writer);
  gtk_widget_set_sensitive (entry, FALSE);
  wattle_client_call_async (wattle_context_client (self->context), "POST", path, body->str, self->cancellable,
                            settled_cb, act);
}

static void
copy_cb (GtkWidget *button, gpointer text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), text);
}

static GtkWidget *
copy_button (WattleChangeWords *words)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _("Copy the words"));
  g_signal_connect_data (button, "clicked", G_CALLBACK (copy_cb), wattle_change_words_text (words),
                         (GClosureNotify) (GCallback) g_free, 0);
  return button;
}

static GtkWidget *
settle_entry (GtkWidget *row)
{
  GtkWidget *entry = adw_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _("What became of it"));
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("What became of it"), -1);
  g_signal_connect (entry, "apply", G_CALLBACK (settle_cb), row);
  return entry;
}

static char *
subtitle_of (const Item *item)
{
  GString *text = g_string_new (item->who != NULL ? item->who : _("Somebody who is not known here"));

  if (item->at != NULL)
    g_string_append_printf (text, " · %s", item->at);
  if (item->why != NULL)
    g_string_append_printf (text, "\n%s", item->why);
  return g_string_free (text, FALSE);
}

static void
add_item (WattleRefusedWindow *self, const Item *item)
{
  GtkWidget *row = adw_expander_row_new ();
  g_autofree char *title = item->words->whom != NULL
                             ? g_strdup_printf ("%s · %s", item->words->what, item->words->whom)
                             : g_strdup (item->words->what);
  g_autofree char *subtitle = subtitle_of (item);
  g_autofree char *label = g_strdup_printf ("%s: %s", title, subtitle);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (row), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (row), "operation", g_strdup (item->id), g_free);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (row), copy_button (item->words));
  for (guint i = 0; i < item->words->lines->len; i++)
    adw_expander_row_add_row (ADW_EXPANDER_ROW (row),
                              wattle_change_row_new (g_ptr_array_index (item->words->lines, i), FALSE));
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), settle_entry (row));
  gtk_list_box_append (self->items, row);
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleRefusedWindow *self = owner;
  GPtrArray *items = result;

  if (self->context == NULL)
    return;
  if (error != NULL)
    {
      gtk_label_set_label (self->message, error->message);
      return;
    }
  for (guint i = 0; i < items->len; i++)
    add_item (self, g_ptr_array_index (items, i));
  self->shown = items->len;
  tell_number (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleRefusedWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);
  g_autofree char *text = NULL;
  const char *raw;
  gsize length = 0;

  if (self->context == NULL)
    return;
  if (answer == NULL)
    {
      gtk_label_set_label (self->message, error != NULL ? error->message : "");
      return;
    }
  raw = wattle_json_raw (wattle_json_member (wattle_json_root (answer), "refused"), &length);
  text = g_strndup (raw, length);
  wattle_context_load (self->context, read_items,
                       g_variant_new ("(ss)", g_time_zone_get_identifier (wattle_context_zone (self->context)), text),
                       (GDestroyNotify) g_ptr_array_unref, self->cancellable, self, loaded_cb);
}

/* Who locks, or leaves, takes the words off the screen. */
static void
ready_cb (WattleRefusedWindow *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_refused_window_dispose (GObject *object)
{
  WattleRefusedWindow *self = WATTLE_REFUSED_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_refused_window_parent_class)->dispose (object);
}

static void
wattle_refused_window_class_init (WattleRefusedWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_refused_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/access/refused-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleRefusedWindow, message);
  gtk_widget_class_bind_template_child (widget_class, WattleRefusedWindow, items);
}

static void
wattle_refused_window_init (WattleRefusedWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_refused_window_open:
 * @widget: where the person asked
 * @context: the context
 *
 * The author sees their own, a manager all of the practice.
 */
void
wattle_refused_window_open (GtkWidget *widget, WattleContext *context)
{
  WattleRefusedWindow *self =
    g_object_new (WATTLE_TYPE_REFUSED_WINDOW, "transient-for", gtk_widget_get_root (widget), NULL);

  self->context = g_object_ref (context);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self));
  wattle_client_call_async (wattle_context_client (context), "GET", "/quarantine", NULL, self->cancellable, answered_cb,
                            g_object_ref (self));
}
