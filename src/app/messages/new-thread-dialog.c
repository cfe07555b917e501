/* new-thread-dialog.c: beginning a conversation among the staff
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/messages/new-thread-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/id.h"
#include "domain/policy.h"

struct _WattleNewThreadDialog
{
  AdwWindow parent;
  WattleContext *context;
  WattleThreadStarted started;
  GObject *owner; /* weak */
  char *id;
  AdwEntryRow *subject;
  GtkListBox *people;
};

G_DEFINE_FINAL_TYPE (WattleNewThreadDialog, wattle_new_thread_dialog, ADW_TYPE_WINDOW)

static gpointer
read_people (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_USER);

  wattle_query_where (&query, WATTLE_USER_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_USER_STATUS_ACTIVE);
  return wattle_reader_query (wattle_transaction_reader (transaction), &query, error);
}

static void
add_person (WattleNewThreadDialog *self, WattleRecord *user)
{
  const char *name = wattle_record_get_string (user, WATTLE_USER_DISPLAY_NAME);
  GtkWidget *row;
  GtkWidget *check;

  if (name == NULL || g_str_equal (wattle_record_id (user), wattle_context_actor (self->context)->user)
      || (wattle_record_get_integer (user, WATTLE_USER_ROLES) & ~WATTLE_ROLE_BIT (WATTLE_ROLE_PATIENT)) == 0)
    return;
  row = g_object_new (ADW_TYPE_ACTION_ROW, "title", name, "use-markup", FALSE, NULL);
  check = g_object_new (GTK_TYPE_CHECK_BUTTON, "valign", GTK_ALIGN_CENTER, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  g_object_set_data (G_OBJECT (row), "check", check);
  g_object_set_data_full (G_OBJECT (row), "user", g_strdup (wattle_record_id (user)), g_free);
  gtk_list_box_append (self->people, row);
}

static void
people_cb (gpointer owner, gpointer result, const GError *error)
{
  GPtrArray *people = result;

  if (error != NULL)
    wattle_show_error (GTK_WIDGET (owner), error);
  for (guint i = 0; people != NULL && i < people->len; i++)
    add_person (WATTLE_NEW_THREAD_DIALOG (owner), people->pdata[i]);
}

static gboolean
started_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleNewThreadDialog *self = WATTLE_NEW_THREAD_DIALOG (widget);

  if (error != NULL)
    return FALSE;
  if (self->owner != NULL)
    self->started (self->id, self->owner);
  gtk_window_close (GTK_WINDOW (self));
  return TRUE;
}

static char *
members (WattleNewThreadDialog *self)
{
  GString *ids = g_string_new (NULL);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->people, i)) != NULL; i++)
    if (gtk_check_button_get_active (g_object_get_data (G_OBJECT (row), "check")))
      g_string_append_printf (ids, "%s%s", ids->len > 0 ? " " : "",
                              (const char *) g_object_get_data (G_OBJECT (row), "user"));
  return g_string_free (ids, FALSE);
}

static void
begin_cb (WattleNewThreadDialog *self)
{
  g_autoptr (WattleRecord) thread = wattle_record_new (WATTLE_RECORD_THREAD);
  g_autofree char *who = members (self);
  g_autofree char *subject = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->subject))));
  g_autofree char *json = NULL;
  g_autofree char *args = NULL;

  wattle_record_set_id (thread, self->id);
  wattle_record_set_integer (thread, WATTLE_THREAD_KIND, WATTLE_THREAD_KIND_STAFF);
  if (*subject != '\0')
    wattle_record_set_string (thread, WATTLE_THREAD_SUBJECT, subject);
  if (*who != '\0')
    wattle_record_set_string (thread, WATTLE_THREAD_MEMBERS, who);
  json = wattle_record_to_json (thread);
  args = g_strdup_printf ("{\"thread\":%s}", json);
  wattle_perform (GTK_WIDGET (self), self->context, "thread.start", args, started_cb, NULL);
}

static void
wattle_new_thread_dialog_dispose (GObject *object)
{
  WattleNewThreadDialog *self = WATTLE_NEW_THREAD_DIALOG (object);

  g_clear_weak_pointer (&self->owner);
  g_clear_object (&self->context);
  g_clear_pointer (&self->id, g_free);
  G_OBJECT_CLASS (wattle_new_thread_dialog_parent_class)->dispose (object);
}

static void
wattle_new_thread_dialog_class_init (WattleNewThreadDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_new_thread_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/messages/new-thread-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleNewThreadDialog, subject);
  gtk_widget_class_bind_template_child (widget_class, WattleNewThreadDialog, people);
  gtk_widget_class_bind_template_callback (widget_class, begin_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
wattle_new_thread_dialog_init (WattleNewThreadDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
  self->id = wattle_id_new ();
}

/**
 * wattle_new_thread_dialog_open:
 * @parent: a widget of the window over which it opens
 * @context: the context
 * @started: called with the new conversation, while @owner lives
 * @owner: (type GObject.Object): for @started
 */
void
wattle_new_thread_dialog_open (GtkWidget *parent, WattleContext *context, WattleThreadStarted started, gpointer owner)
{
  WattleNewThreadDialog *self
    = g_object_new (WATTLE_TYPE_NEW_THREAD_DIALOG, "transient-for", gtk_widget_get_root (parent), NULL);

  self->context = g_object_ref (context);
  self->started = started;
  g_set_weak_pointer (&self->owner, G_OBJECT (owner));
  wattle_context_load (context, read_people, NULL, (GDestroyNotify) g_ptr_array_unref, NULL, self, people_cb);
  gtk_window_present (GTK_WINDOW (self));
}
