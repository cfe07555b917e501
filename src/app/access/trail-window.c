/* trail-window.c: who did or saw what, for those who answer for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/access/trail-window.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "base/civil.h"

#define PAGE 50

#define WATTLE_TYPE_TRAIL_WINDOW (wattle_trail_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleTrailWindow, wattle_trail_window, WATTLE, TRAIL_WINDOW, AdwWindow)

struct _WattleTrailWindow
{
  AdwWindow parent;
  WattleContext *context;
  char *patient;       /* (nullable): whose lines alone */
  GPtrArray *users;    /* ids, as in the list of "who"; the first stands for everybody */
  GHashTable *names;   /* id of a person or patient: name */
  GCancellable *cancellable;
  gint64 before;       /* number of the last line that is shown; 0 for none */
  gboolean is_filling; /* the list of people is being made */
  GtkDropDown *who;
  GtkLabel *message;
  GtkListBox *lines;
  GtkWidget *more;
};

G_DEFINE_FINAL_TYPE (WattleTrailWindow, wattle_trail_window, ADW_TYPE_WINDOW)

/* What is done by routes; operations have words of their own. */
static const struct
{
  const char *action;
  const char *label;
} actions[] = {
  { "snapshot", N_("Fetched records") },
  { "changes", N_("Fetched changes of records") },
  { "audit.read", N_("Read the audit trail") },
  { "session.open", N_("Signed in") },
  { "session.close", N_("Signed out") },
  { "session.refuse", N_("Was refused at the sign-in") },
  { "quarantine.read", N_("Read refused changes") },
  { "quarantine.settle", N_("Saw to a refused change") },
  { "threads.list", N_("Looked which conversations there are") },
  { "people", N_("Looked for a patient to open in an emergency") },
};

static const char *
words_of (const char *action)
{
  const WattleOperation *operation = action != NULL ? wattle_operation_find (action) : NULL;

  if (operation != NULL)
    return _(operation->label);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_strcmp0 (actions[i].action, action) == 0)
      return _(actions[i].label);
  return action != NULL ? action : "";
}

static const char *
name_of (WattleTrailWindow *self, const char *id, const char *unknown)
{
  const char *name = id != NULL ? g_hash_table_lookup (self->names, id) : NULL;

  return name != NULL ? name : unknown;
}

static char *
title_of (WattleJsonNode line)
{
  const char *action = wattle_json_member_string (line, "action");
  const char *type = wattle_json_member_string (line, "object_type");
  const WattleType *found = type != NULL ? wattle_type_find (type) : NULL;

  if (found == NULL)
    return g_strdup (words_of (action));
  return g_strdup_printf ("%s · %s", words_of (action), _(found->singular));
}

static void
add_part (GString *text, const char *part)
{
  if (part != NULL && *part != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

static char *
subtitle_of (WattleTrailWindow *self, WattleJsonNode line)
{
  GString *text = g_string_new (NULL);
  const char *outcome = wattle_json_member_string (line, "outcome");
  const char *patient = wattle_json_member_string (line, "patient");
  const char *changes = wattle_json_member_string (line, "changes");
  const char *type = wattle_json_member_string (line, "object_type");
  g_autofree char *when = NULL;
  gint64 instant;

  add_part (text, name_of (self, wattle_json_member_string (line, "actor"), _("The server")));
  if (wattle_json_member_instant (line, "at", &instant))
    when = wattle_display_date_time (instant, wattle_context_zone (self->context));
  add_part (text, when);
  if (self->patient == NULL && patient != NULL)
    add_part (text, name_of (self, patient, _("A patient")));
  if (changes != NULL && g_strcmp0 (type, "audit_list") == 0)
    add_part (text, _("of several patients"));
  else
    add_part (text, wattle_json_member_string (line, "reason"));
  if (g_strcmp0 (outcome, "ok") != 0)
    add_part (text, _("not done"));
  return g_string_free (text, FALSE);
}

static void
add_line (WattleTrailWindow *self, WattleJsonNode line)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = title_of (line);
  g_autofree char *subtitle = subtitle_of (self, line);
  g_autofree char *label = g_strdup_printf ("%s: %s", title, subtitle);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_list_box_append (self->lines, row);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleTrailWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);
  WattleJsonNode lines, line;
  WattleJsonIter iter;

  if (self->context == NULL)
    return;
  gtk_widget_set_sensitive (self->more, TRUE);
  if (answer == NULL)
    {
      gtk_label_set_label (self->message, error != NULL ? error->message : "");
      return;
    }
  lines = wattle_json_member (wattle_json_root (answer), "events");
  iter = wattle_json_iter (lines);
  while (wattle_json_next (&iter, NULL, &line))
    {
      add_line (self, line);
      self->before = wattle_json_member_integer (line, "sequence", self->before);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->lines), self->before > 0);
  gtk_widget_set_visible (self->more, wattle_json_length (lines) == PAGE);
  gtk_label_set_label (self->message, self->before > 0 ? _("Reading this list is written down, too.")
                                                       : _("Nothing of this kind is written down."));
}

static void
ask (WattleTrailWindow *self)
{
  guint at = gtk_drop_down_get_selected (self->who);
  GString *path = g_string_new (NULL);

  g_string_printf (path, "/audit?limit=%d", PAGE);
  if (self->patient != NULL)
    g_string_append_printf (path, "&patient=%s", self->patient);
  if (at > 0 && at < self->users->len)
    g_string_append_printf (path, "&actor=%s", (char *) self->users->pdata[at]);
  if (self->before > 0)
    g_string_append_printf (path, "&before=%" G_GINT64_FORMAT, self->before);
  gtk_widget_set_sensitive (self->more, FALSE);
  wattle_client_call_async (wattle_context_client (self->context), "GET", path->str, NULL, self->cancellable,
                            answered_cb, g_object_ref (self));
  g_string_free (path, TRUE);
}

static void
start (WattleTrailWindow *self)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (self->lines, 0)) != NULL)
    gtk_list_box_remove (self->lines, GTK_WIDGET (row));
  self->before = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->lines), FALSE);
  gtk_widget_set_visible (self->more, FALSE);
  gtk_label_set_label (self->message, _("The server is asked…"));
  ask (self);
}

/* Names of all people who sign in, and of the patients that are known here. */
static gpointer
read_names (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  static const WattleRecordType types[] = { WATTLE_RECORD_USER, WATTLE_RECORD_PATIENT };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      WattleQuery query = wattle_query (types[i]);
      g_autoptr (GPtrArray) found = wattle_reader_query (wattle_transaction_reader (transaction), &query, error);

      if (found == NULL)
        return NULL;
      for (guint j = 0; j < found->len; j++)
        g_hash_table_insert (names, g_strdup (wattle_record_id (found->pdata[j])),
                             types[i] == WATTLE_RECORD_USER
                               ? g_strconcat ("\1", wattle_record_get_string (found->pdata[j],
                                                                              WATTLE_USER_DISPLAY_NAME), NULL)
                               : wattle_display_title (found->pdata[j]));
    }
  return g_steal_pointer (&names);
}

static int
compare_users (gconstpointer a, gconstpointer b, gpointer names)
{
  return g_utf8_collate (g_hash_table_lookup (names, *(char *const *) a),
                         g_hash_table_lookup (names, *(char *const *) b));
}

static void
named_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleTrailWindow *self = owner;
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  GHashTableIter iter;
  gpointer id, name;

  if (self->context == NULL || error != NULL)
    return;
  g_hash_table_iter_init (&iter, result);
  while (g_hash_table_iter_next (&iter, &id, &name))
    {
      const char *text = name;

      if (*text == '\1')
        g_ptr_array_add (self->users, g_strdup (id));
      g_hash_table_insert (self->names, g_strdup (id), g_strdup (*text == '\1' ? text + 1 : text));
    }
  g_ptr_array_sort_with_data (self->users, compare_users, self->names);
  g_ptr_array_insert (self->users, 0, NULL);
  gtk_string_list_append (list, _("Everybody"));
  for (guint i = 1; i < self->users->len; i++)
    gtk_string_list_append (list, g_hash_table_lookup (self->names, self->users->pdata[i]));
  self->is_filling = TRUE;
  gtk_drop_down_set_model (self->who, G_LIST_MODEL (list));
  self->is_filling = FALSE;
  start (self);
}

static void
who_cb (WattleTrailWindow *self)
{
  if (!self->is_filling && self->context != NULL)
    start (self);
}

static void
more_cb (WattleTrailWindow *self)
{
  ask (self);
}

/* Who locks, or leaves, takes the list off the screen. */
static void
ready_cb (WattleTrailWindow *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_trail_window_dispose (GObject *object)
{
  WattleTrailWindow *self = WATTLE_TRAIL_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_trail_window_parent_class)->dispose (object);
}

static void
wattle_trail_window_finalize (GObject *object)
{
  WattleTrailWindow *self = WATTLE_TRAIL_WINDOW (object);

  g_free (self->patient);
  g_ptr_array_unref (self->users);
  g_hash_table_unref (self->names);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (wattle_trail_window_parent_class)->finalize (object);
}

static void
wattle_trail_window_class_init (WattleTrailWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_trail_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_trail_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/access/trail-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleTrailWindow, who);
  gtk_widget_class_bind_template_child (widget_class, WattleTrailWindow, message);
  gtk_widget_class_bind_template_child (widget_class, WattleTrailWindow, lines);
  gtk_widget_class_bind_template_child (widget_class, WattleTrailWindow, more);
  gtk_widget_class_bind_template_callback (widget_class, who_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
}

static void
wattle_trail_window_init (WattleTrailWindow *self)
{
  self->users = g_ptr_array_new_with_free_func (g_free);
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_trail_window_open:
 * @widget: where the person asked
 * @context: the context
 * @patient: (nullable): id of whose record alone; %NULL for the whole practice
 */
void
wattle_trail_window_open (GtkWidget *widget, WattleContext *context, const char *patient)
{
  WattleTrailWindow *self
    = g_object_new (WATTLE_TYPE_TRAIL_WINDOW, "transient-for", gtk_widget_get_root (widget), "title",
                    patient != NULL ? _("Who Opened This Chart") : _("Audit Trail"), NULL);

  self->context = g_object_ref (context);
  self->patient = g_strdup (patient);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self));
  wattle_context_load (context, read_names, g_variant_new_string (""), (GDestroyNotify) g_hash_table_unref,
                       self->cancellable, self, named_cb);
}
