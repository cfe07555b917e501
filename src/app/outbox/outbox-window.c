/* outbox-window.c: what waits to be sent, what was refused, and choices to make
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/outbox-window.h"

#include <glib/gi18n-lib.h>

#include "app/outbox/conflicts-dialog.h"
#include "app/outbox/outbox-dialog.h"
#include "app/outbox/outbox-row.h"

struct _WattleOutboxWindow
{
  AdwWindow parent;
  WattleContext *context;
  WattleClient *client;
  GtkLabel *heading;
  GtkLabel *explanation;
  GtkListBox *list;
  GtkWidget *choose;
  GtkWidget *retry;
};

G_DEFINE_FINAL_TYPE (WattleOutboxWindow, wattle_outbox_window, ADW_TYPE_WINDOW)

typedef struct
{
  const char *heading;
  const char *explanation;
} Words;

/* The most pressing thing first: what a person has to decide, then why nothing moves, then what moves by itself. */
static Words
words_of (WattleOutboxWindow *self, gboolean online, guint pending, guint conflicts)
{
  if (wattle_client_state (self->client) == WATTLE_CLIENT_READ_ONLY)
    return (Words){ _("Wattle is too old for the server"),
                    _("You can read everything. Your changes stay safe on this computer, and are sent when Wattle has "
                      "been updated.") };
  if (conflicts > 0)
    return (Words){ _("Two people changed the same thing"),
                    _("The other value stands for now, and yours is kept. Choose which one is right.") };
  if (wattle_outbox_answered (self->client) > 0)
    return (Words){ _("The server did not take everything"),
                    _("Nothing of it is lost. Look at each change to put it right, send it again or throw it away.") };
  if (!online)
    return (Words){ _("You are offline"),
                    _("Carry on working. Your changes are safe on this computer and are sent when the server can be "
                      "reached again.") };
  if (pending > 0)
    return (Words){ _("Sending changes"), _("Your changes are safe on this computer and on their way.") };
  return (Words){ _("All is sent"), _("The server has every change that was made on this computer.") };
}

static void
update (WattleOutboxWindow *self)
{
  gboolean online;
  guint pending;
  guint conflicts;
  g_autofree char *problem = NULL;
  Words words;

  g_object_get (self->client, "online", &online, "pending", &pending, "conflicts", &conflicts, "last-error", &problem,
                NULL);
  words = words_of (self, online, pending, conflicts);
  gtk_label_set_label (self->heading, words.heading);
  gtk_label_set_label (self->explanation, words.explanation);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->explanation), problem);
  gtk_widget_set_visible (self->choose, conflicts > 0);
  gtk_widget_set_visible (self->retry, pending > 0 || !online);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  WattleOutboxWindow *self = data;

  return wattle_outbox_row_new (item, self->context);
}

static void
row_cb (WattleOutboxWindow *self, GtkListBoxRow *row)
{
  wattle_outbox_dialog_open (GTK_WINDOW (self), self->context, wattle_outbox_row_item (WATTLE_OUTBOX_ROW (row)));
}

static void
choose_cb (WattleOutboxWindow *self)
{
  gtk_window_present (GTK_WINDOW (wattle_conflicts_dialog_new (GTK_WINDOW (self), self->context)));
}

static void
retry_cb (WattleOutboxWindow *self)
{
  wattle_client_sync_now (self->client);
}

/* Who locks, or leaves, takes the list off the screen. */
static void
ready_cb (WattleOutboxWindow *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_outbox_window_dispose (GObject *object)
{
  WattleOutboxWindow *self = WATTLE_OUTBOX_WINDOW (object);

  g_clear_object (&self->client);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_outbox_window_parent_class)->dispose (object);
}

static void
wattle_outbox_window_class_init (WattleOutboxWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_outbox_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/outbox-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxWindow, explanation);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxWindow, list);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxWindow, choose);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxWindow, retry);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
}

static void
wattle_outbox_window_init (WattleOutboxWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_outbox_window_open:
 * @parent: the window it belongs to
 * @context: the context, with a client
 */
void
wattle_outbox_window_open (GtkWindow *parent, WattleContext *context)
{
  static const char *const watched[] = { "notify::online", "notify::pending", "notify::conflicts", "notify::state",
                                         "operation-settled" };
  WattleOutboxWindow *self = g_object_new (WATTLE_TYPE_OUTBOX_WINDOW, "transient-for", parent, NULL);

  self->context = g_object_ref (context);
  self->client = g_object_ref (wattle_context_client (context));
  gtk_list_box_bind_model (self->list, wattle_client_outbox (self->client), make_row, self, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (self->client, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (wattle_client_outbox (self->client), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  update (self);
  gtk_window_present (GTK_WINDOW (self));
}

/**
 * wattle_outbox_answered:
 * @client: a session
 *
 * Returns: how many changes the server refused or met with another, and that
 *   wait for the person
 */
guint
wattle_outbox_answered (WattleClient *client)
{
  GListModel *outbox = wattle_client_outbox (client);
  guint answered = 0;

  for (guint i = 0; i < g_list_model_get_n_items (outbox); i++)
    {
      g_autoptr (WattleOutboxItem) item = g_list_model_get_item (outbox, i);
      g_autofree char *status = NULL;

      g_object_get (item, "status", &status, NULL);
      answered += g_strcmp0 (status, "refused") == 0 || g_strcmp0 (status, "conflict") == 0;
    }
  return answered;
}
