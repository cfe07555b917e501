/* inspect-window.c: an administrator reads a conversation of others, with a reason that stands in it
 *
 * What is read here comes from the server, is shown, and is kept nowhere on this
 * computer. Those whose conversation it is see who read it, when and why.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/messages/inspect-window.h"

#include <glib/gi18n-lib.h>

#include "app/messages/message-data.h"
#include "app/messages/message-row.h"
#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "base/civil.h"

#define SHORTEST_REASON 10
#define PAGE 50

#define WATTLE_TYPE_INSPECT_WINDOW (wattle_inspect_window_get_type ())
G_DECLARE_FINAL_TYPE (WattleInspectWindow, wattle_inspect_window, WATTLE, INSPECT_WINDOW, AdwWindow)

struct _WattleInspectWindow
{
  AdwWindow parent;
  WattleContext *context;
  GCancellable *cancellable;
  GHashTable *names; /* user: name */
  char *chosen;      /* (nullable): id of a conversation */
  gint64 before;
  GtkCheckButton *group;
  GtkStack *stack;
  GtkListBox *threads;
  GtkWidget *more;
  GtkEditable *reason;
  GtkEditable *password;
  GtkWidget *read;
  GtkLabel *problem;
  GtkLabel *about;
  GtkListBox *messages;
};

G_DEFINE_FINAL_TYPE (WattleInspectWindow, wattle_inspect_window, ADW_TYPE_WINDOW)

static void
show_problem (WattleInspectWindow *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), sentence != NULL);
}

static void
changed_cb (WattleInspectWindow *self)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (self->reason)));

  gtk_widget_set_sensitive (self->read, self->chosen != NULL && g_utf8_strlen (reason, -1) >= SHORTEST_REASON
                                          && *gtk_editable_get_text (self->password) != '\0');
}

static void
chosen_cb (GtkCheckButton *check, GParamSpec *pspec, WattleInspectWindow *self)
{
  if (!gtk_check_button_get_active (check))
    return;
  g_free (self->chosen);
  self->chosen = g_strdup (g_object_get_data (G_OBJECT (check), "thread"));
  changed_cb (self);
}

static char *
moment_of (WattleInspectWindow *self, WattleJsonNode node, const char *name)
{
  gint64 instant;

  return wattle_json_member_instant (node, name, &instant)
           ? wattle_display_date_time (instant, wattle_context_zone (self->context))
           : NULL;
}

/* Between whom: a patient is known by the account alone, a colleague by the name. */
static char *
title_of (WattleInspectWindow *self, WattleJsonNode thread)
{
  const char *account = wattle_json_member_string (thread, "account");
  const char *practitioner = wattle_json_member_string (thread, "practitioner_name");
  const char *ids = wattle_json_member_string (thread, "members");
  g_auto (GStrv) members = g_strsplit (ids != NULL ? ids : "", " ", WATTLE_THREAD_MAX_MEMBERS + 1);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;

  if (ids == NULL)
    return g_strdup_printf (_("%s and %s"), practitioner != NULL ? practitioner : _("A practitioner"),
                            account != NULL ? account : _("a patient without an account"));
  for (guint i = 0; members[i] != NULL; i++)
    {
      const char *name = g_hash_table_lookup (self->names, members[i]);

      g_strv_builder_add (names, name != NULL ? name : _("somebody"));
    }
  all = g_strv_builder_end (names);
  return g_strjoinv (", ", all);
}

static char *
subtitle_of (WattleInspectWindow *self, WattleJsonNode thread)
{
  int n = wattle_json_member_integer (thread, "messages", 0);
  g_autofree char *visit = moment_of (self, thread, "starts_at");
  g_autofree char *last = moment_of (self, thread, "last_at");
  g_autofree char *count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d message", "%d messages", n), n);
  g_autofree char *of = visit != NULL ? g_strdup_printf (_("Visit of %s"), visit) : g_strdup (_("Among the staff"));

  return g_strdup_printf (_("%s · %s, the last %s"), of, count, last != NULL ? last : "");
}

static void
add_thread (WattleInspectWindow *self, WattleJsonNode thread)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  g_autofree char *title = title_of (self, thread);
  g_autofree char *subtitle = subtitle_of (self, thread);
  g_autofree char *name = g_strdup_printf ("%s, %s", title, subtitle);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), self->group);
  self->group = GTK_CHECK_BUTTON (check);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (check), "thread", g_strdup (wattle_json_member_string (thread, "id")), g_free);
  g_signal_connect_object (check, "notify::active", G_CALLBACK (chosen_cb), self, 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  gtk_list_box_append (self->threads, row);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleInspectWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);
  WattleJsonNode list, thread;
  WattleJsonIter iter;

  if (self->context == NULL)
    return;
  if (answer == NULL)
    {
      show_problem (self, error != NULL ? error->message : NULL);
      return;
    }
  list = wattle_json_member (wattle_json_root (answer), "threads");
  iter = wattle_json_iter (list);
  while (wattle_json_next (&iter, NULL, &thread))
    {
      add_thread (self, thread);
      self->before = wattle_json_member_integer (thread, "before", self->before);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->threads), self->group != NULL);
  gtk_widget_set_visible (self->more, wattle_json_length (list) == PAGE);
  if (self->group == NULL)
    show_problem (self, _("There are no conversations in this practice yet."));
}

static void
list (WattleInspectWindow *self)
{
  g_autofree char *path = g_strdup_printf ("/threads?limit=%d&before=%" G_GINT64_FORMAT, PAGE, self->before);

  wattle_client_call_async (wattle_context_client (self->context), "GET", path, NULL, self->cancellable, listed_cb,
                            g_object_ref (self));
}

static gpointer
read_names (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);
  g_autoptr (GPtrArray) users = wattle_reader_query (wattle_transaction_reader (transaction), &query, error);
  GHashTable *names;

  if (users == NULL)
    return NULL;
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < users->len; i++)
    g_hash_table_insert (names, g_strdup (wattle_record_id (users->pdata[i])),
                         g_strdup (wattle_record_get_string (users->pdata[i], WATTLE_USER_DISPLAY_NAME)));
  return names;
}

static void
named_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleInspectWindow *self = owner;

  if (self->context == NULL || error != NULL)
    return;
  self->names = g_hash_table_ref (result);
  list (self);
}

static void
show_messages (WattleInspectWindow *self, WattleJsonNode answer)
{
  g_autoptr (GHashTable) documents = g_hash_table_new (g_str_hash, g_str_equal);
  WattleConversation conversation = { .title = (char *) _("Somebody"), .documents = documents };
  WattleJsonIter iter = wattle_json_iter (wattle_json_member (answer, "messages"));
  WattleJsonNode node;
  guint n = 0;
  g_autofree char *about = NULL;

  while (wattle_json_next (&iter, NULL, &node))
    {
      g_autoptr (WattleRecord) message = wattle_record_from_json (node, NULL);

      if (message == NULL)
        continue;
      gtk_list_box_append (self->messages, wattle_message_row_new (self->context, &conversation, message, NULL));
      n++;
    }
  about = g_strdup_printf (_("You read this conversation as an administrator. That you did, and why, stands in it and "
                              "in the audit trail. %u entries; nothing of them is kept on this computer."),
                           n);
  gtk_label_set_label (self->about, about);
  gtk_stack_set_visible_child_name (self->stack, "messages");
  gtk_widget_set_visible (self->read, FALSE);
}

static void
inspected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleInspectWindow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_client_call_finish (WATTLE_CLIENT (source), result, &error);

  if (self->context == NULL)
    return;
  gtk_editable_set_text (self->password, "");
  if (answer == NULL)
    show_problem (self, error != NULL ? error->message : NULL);
  else
    show_messages (self, wattle_json_root (answer));
}

static void
read_cb (WattleInspectWindow *self)
{
  g_autoptr (GString) body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);

  if (!gtk_widget_get_sensitive (self->read))
    return;
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "thread", self->chosen);
  wattle_json_pair_string (&writer, "reason", gtk_editable_get_text (self->reason));
  wattle_json_pair_string (&writer, "password", gtk_editable_get_text (self->password));
  wattle_json_end_object (&writer);
  show_problem (self, NULL);
  gtk_widget_set_sensitive (self->read, FALSE);
  wattle_client_call_async (wattle_context_client (self->context), "POST", "/threads/inspect", body->str,
                            self->cancellable, inspected_cb, g_object_ref (self));
}

static void
more_cb (WattleInspectWindow *self)
{
  list (self);
}

/* Who locks, or leaves, takes it off the screen. */
static void
ready_cb (WattleInspectWindow *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_inspect_window_dispose (GObject *object)
{
  WattleInspectWindow *self = WATTLE_INSPECT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_inspect_window_parent_class)->dispose (object);
}

static void
wattle_inspect_window_finalize (GObject *object)
{
  WattleInspectWindow *self = WATTLE_INSPECT_WINDOW (object);

  g_clear_pointer (&self->names, g_hash_table_unref);
  g_free (self->chosen);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (wattle_inspect_window_parent_class)->finalize (object);
}

static void
wattle_inspect_window_class_init (WattleInspectWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_inspect_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_inspect_window_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/messages/inspect-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, threads);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, more);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, reason);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, password);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, read);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, about);
  gtk_widget_class_bind_template_child (widget_class, WattleInspectWindow, messages);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, read_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
}

static void
wattle_inspect_window_init (WattleInspectWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_inspect_window_open:
 * @widget: where the person asked
 * @context: the context of somebody whom the rule thread.inspect lets
 */
void
wattle_inspect_window_open (GtkWidget *widget, WattleContext *context)
{
  WattleInspectWindow *self =
    g_object_new (WATTLE_TYPE_INSPECT_WINDOW, "transient-for", gtk_widget_get_root (widget), NULL);

  self->context = g_object_ref (context);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self));
  wattle_context_load (context, read_names, NULL, (GDestroyNotify) g_hash_table_unref, self->cancellable, self,
                       named_cb);
}
