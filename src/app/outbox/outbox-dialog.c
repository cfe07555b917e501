/* outbox-dialog.c: one change of this device: what it says, what the server said, what can be done
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/outbox-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/outbox/change-row.h"
#include "app/schedule/bookings.h"
#include "app/widgets/feedback.h"

struct _WattleOutboxDialog
{
  AdwWindow parent;
  WattleContext *context;
  WattleOutboxItem *item;
  char *text; /* all that it says, to copy */
  char *id;
  char *name;
  char *args;
  char *sent;  /* the arguments that are sent again */
  char *shown; /* the status that the buttons are for */
  GtkLabel *what;
  GtkLabel *whom;
  GtkWidget *why_box;
  GtkLabel *why;
  GtkLabel *next;
  GtkWidget *times_box;
  GtkListBox *times;
  GtkListBox *lines;
  GtkWidget *take_back;
  GtkWidget *send;
  GtkWidget *discard;
};

G_DEFINE_FINAL_TYPE (WattleOutboxDialog, wattle_outbox_dialog, ADW_TYPE_WINDOW)

/* What each state of an operation means to the person, and what they can do. */
static const struct
{
  const char *status;
  const char *sentence;
  gboolean take_back;
  gboolean answered; /* the server said no: it may be typed anew, sent again or thrown away */
} states[] = {
  { "waiting", N_("Kept on this computer, not sent yet. It goes by itself when the server can be reached."), TRUE,
    FALSE },
  { "sent", N_("Sent. The answer has not come yet, so the server may have it; it can no longer be taken back."), FALSE,
    FALSE },
  { "conflict", N_("The other one stands. Yours is kept here until you choose another time, or throw it away."), FALSE,
    TRUE },
  { "refused", N_("The server did not take it. Nothing of it is lost: put right what is wrong and send it again, copy "
                  "it, or throw it away."),
    FALSE, TRUE },
  { "ok", N_("The server has it."), FALSE, FALSE },
};

static guint
state_of (const char *status)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (states[i].status, status) == 0)
      return i;
  return 0;
}

static GtkWidget *
parent_of (WattleOutboxDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  return parent != NULL ? wattle_toasting (GTK_WIDGET (parent)) : GTK_WIDGET (self);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleOutboxDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = wattle_client_send_again_finish (WATTLE_CLIENT (source), result, &error);

  gtk_widget_set_sensitive (self->send, TRUE);
  if (id == NULL)
    {
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  wattle_bookings_remember (self->context, id, self->name, self->sent);
  wattle_toast (parent_of (self), _("Sent again"));
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
send_args (WattleOutboxDialog *self, const char *args)
{
  g_free (self->sent);
  self->sent = g_strdup (args);
  gtk_widget_set_sensitive (self->send, FALSE);
  wattle_client_send_again_async (wattle_context_client (self->context), self->id, args, NULL, sent_cb,
                                  g_object_ref (self));
}

static void
send_cb (WattleOutboxDialog *self)
{
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *args = NULL;
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->lines, i)) != NULL; i++)
    wattle_change_row_take (WATTLE_CHANGE_ROW (row), texts);
  args = wattle_change_retyped (self->args, texts);
  send_args (self, args);
}

static void
time_cb (WattleOutboxDialog *self, GtkListBoxRow *row)
{
  send_args (self, g_object_get_data (G_OBJECT (row), "args"));
}

static void
take_back_cb (WattleOutboxDialog *self)
{
  wattle_outbox_take_back (parent_of (self), self->context, self->item);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
discarded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleOutboxDialog) self = data;
  g_autoptr (GError) error = NULL;

  if (wattle_client_discard_finish (WATTLE_CLIENT (source), result, &error))
    gtk_window_destroy (GTK_WINDOW (self));
  else
    wattle_show_error (GTK_WIDGET (self), error);
}

static void
discard (gpointer data)
{
  WattleOutboxDialog *self = data;

  wattle_client_discard_async (wattle_context_client (self->context), self->id, NULL, discarded_cb,
                               g_object_ref (self));
}

static void
discard_cb (WattleOutboxDialog *self)
{
  wattle_confirm (GTK_WIDGET (self), _("Throw This Change Away?"),
                  _("The server does not have it, and what you wrote is kept nowhere else."), _("_Throw Away"), TRUE,
                  G_CALLBACK (discard), self);
}

static void
copy_cb (WattleOutboxDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text != NULL ? self->text : self->args);
  wattle_toast (GTK_WIDGET (self->lines), _("Copied"));
}

static void
update (WattleOutboxDialog *self)
{
  g_autofree char *status = NULL;
  g_autofree char *message = NULL;
  guint state;

  g_object_get (self->item, "status", &status, "message", &message, NULL);
  if (g_strcmp0 (status, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_strdup (status);
  state = state_of (status);
  gtk_label_set_label (self->why, message != NULL ? message : "");
  gtk_widget_set_visible (self->why_box, message != NULL && *message != '\0');
  gtk_label_set_label (self->next, _(states[state].sentence));
  gtk_widget_set_visible (self->take_back, states[state].take_back);
  gtk_widget_set_visible (self->send, states[state].answered);
  gtk_widget_set_visible (self->discard, states[state].answered);
}

static void
told_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleOutboxDialog *self = owner;
  WattleChangeWords *words = result;
  g_autofree char *whom = NULL;
  gboolean editable = states[state_of (self->shown)].answered;

  if (error != NULL)
    {
      wattle_show_error (GTK_WIDGET (self), error);
      return;
    }
  self->text = wattle_change_words_text (words);
  gtk_label_set_label (self->what, words->what);
  whom = words->whom != NULL && words->when != NULL ? g_strdup_printf ("%s · %s", words->whom, words->when)
                                                    : g_strdup (words->whom != NULL ? words->whom : "");
  gtk_label_set_label (self->whom, whom);
  gtk_widget_set_visible (GTK_WIDGET (self->whom), words->whom != NULL);
  for (guint i = 0; i < words->lines->len; i++)
    gtk_list_box_append (self->lines, wattle_change_row_new (g_ptr_array_index (words->lines, i), editable));
  gtk_widget_set_visible (GTK_WIDGET (self->lines), words->lines->len > 0);
}

/* Who locks, or leaves, takes the words off the screen. */
static void
ready_cb (WattleOutboxDialog *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_outbox_dialog_dispose (GObject *object)
{
  WattleOutboxDialog *self = WATTLE_OUTBOX_DIALOG (object);

  g_clear_object (&self->context);
  g_clear_object (&self->item);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->args, g_free);
  g_clear_pointer (&self->sent, g_free);
  g_clear_pointer (&self->shown, g_free);
  G_OBJECT_CLASS (wattle_outbox_dialog_parent_class)->dispose (object);
}

static void
wattle_outbox_dialog_class_init (WattleOutboxDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_outbox_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/outbox-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, what);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, whom);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, why_box);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, why);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, next);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, times_box);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, times);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, lines);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, take_back);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, send);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxDialog, discard);
  gtk_widget_class_bind_template_callback (widget_class, take_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, discard_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, time_cb);
}

static void
wattle_outbox_dialog_init (WattleOutboxDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_outbox_dialog_open:
 * @parent: the window it belongs to
 * @context: the context
 * @item: a change of this device
 */
void
wattle_outbox_dialog_open (GtkWindow *parent, WattleContext *context, WattleOutboxItem *item)
{
  WattleOutboxDialog *self = g_object_new (WATTLE_TYPE_OUTBOX_DIALOG, "transient-for", parent, NULL);
  g_autofree char *alternatives = NULL;

  self->context = g_object_ref (context);
  self->item = g_object_ref (item);
  g_object_get (item, "operation-id", &self->id, "name", &self->name, "args", &self->args, "alternatives",
                &alternatives, NULL);
  g_signal_connect_object (item, "notify::status", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  update (self);
  gtk_widget_set_visible (self->times_box,
                          wattle_bookings_offer (self->times, self->context, self->name, self->args, alternatives));
  wattle_context_load (context, wattle_change_words_work,
                       g_variant_new ("(sss)", self->name, self->args,
                                      g_time_zone_get_identifier (wattle_context_zone (context))),
                       (GDestroyNotify) wattle_change_words_free, NULL, self, told_cb);
  gtk_window_present (GTK_WINDOW (self));
}

typedef struct
{
  GtkWidget *widget;
  WattleContext *context;
  WattleOutboxItem *item;
} TakeBack;

static void
taken_back_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree TakeBack *act = data;
  g_autoptr (GtkWidget) widget = act->widget;
  g_autoptr (WattleContext) context = act->context;
  g_autoptr (WattleOutboxItem) item = act->item;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *args = NULL;

  g_object_get (item, "name", &name, "args", &args, NULL);
  if (!wattle_client_withdraw_finish (WATTLE_CLIENT (source), result, &error))
    wattle_show_error (widget, error);
  else
    wattle_toast_undo (widget, context, _("Change taken back"), name, args);
}

/**
 * wattle_outbox_take_back:
 * @widget: where to say so, with the way back
 * @context: the context
 * @item: a change that was not sent yet
 */
void
wattle_outbox_take_back (GtkWidget *widget, WattleContext *context, WattleOutboxItem *item)
{
  TakeBack *act = g_new0 (TakeBack, 1);
  g_autofree char *id = NULL;

  act->widget = g_object_ref (widget);
  act->context = g_object_ref (context);
  act->item = g_object_ref (item);
  g_object_get (item, "operation-id", &id, NULL);
  wattle_client_withdraw_async (wattle_context_client (context), id, NULL, taken_back_cb, act);
}
