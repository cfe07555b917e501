/* outbox-popover.c: what waits to be sent, what was refused, and choices to make
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/outbox-popover.h"

#include <glib/gi18n-lib.h>

#include "app/outbox/conflicts-dialog.h"
#include "app/outbox/outbox-row.h"
#include "app/widgets/feedback.h"

struct _WattleOutboxPopover
{
  GtkPopover parent;
  WattleContext *context;
  WattleClient *client;
  GtkLabel *heading;
  GtkLabel *explanation;
  GtkWidget *scroller;
  GtkListBox *list;
  GtkWidget *choose;
  GtkWidget *retry;
};

G_DEFINE_FINAL_TYPE (WattleOutboxPopover, wattle_outbox_popover, GTK_TYPE_POPOVER)

static void
update (WattleOutboxPopover *self)
{
  gboolean online;
  guint pending;
  guint conflicts;
  g_autofree char *problem = NULL;

  g_object_get (self->client, "online", &online, "pending", &pending, "conflicts", &conflicts, "last-error", &problem,
                NULL);
  gtk_label_set_label (self->heading, conflicts > 0 ? _("Two people changed the same thing")
                                      : online      ? _("Sending changes")
                                                    : _("You are offline"));
  gtk_label_set_label (self->explanation,
                       conflicts > 0
                         ? _("The other value stands for now, and yours is kept. Choose which one is right.")
                       : online ? _("Your changes are safe on this computer and on their way.")
                                : _("Carry on working. Your changes are safe on this computer and are sent "
                                     "when the server can be reached again."));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->explanation), problem);
  gtk_widget_set_visible (self->scroller, pending > 0);
  gtk_widget_set_visible (self->choose, conflicts > 0);
  gtk_widget_set_visible (self->retry, conflicts == 0);
}

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  WattleOutboxPopover *self = data;

  return wattle_outbox_row_new (item, self->context);
}

static void
client_cb (WattleContext *context, GParamSpec *pspec, WattleOutboxPopover *self)
{
  static const char *const watched[] = { "notify::online", "notify::pending", "notify::conflicts" };

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, wattle_context_client (context));
  if (self->client == NULL)
    return;
  gtk_list_box_bind_model (self->list, wattle_client_outbox (self->client), make_row, self, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_swapped (self->client, watched[i], G_CALLBACK (update), self);
  update (self);
}

static void
choose_cb (WattleOutboxPopover *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_popover_popdown (GTK_POPOVER (self));
  gtk_window_present (GTK_WINDOW (wattle_conflicts_dialog_new (GTK_WINDOW (root), self->context)));
}

static void
wattle_outbox_popover_dispose (GObject *object)
{
  WattleOutboxPopover *self = WATTLE_OUTBOX_POPOVER (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_outbox_popover_parent_class)->dispose (object);
}

static void
wattle_outbox_popover_class_init (WattleOutboxPopoverClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_outbox_popover_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/outbox-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxPopover, heading);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxPopover, explanation);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxPopover, scroller);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxPopover, list);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxPopover, choose);
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxPopover, retry);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
}

static void
wattle_outbox_popover_init (WattleOutboxPopover *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_outbox_popover_set_context:
 * @self: the popover
 * @context: the context
 */
void
wattle_outbox_popover_set_context (WattleOutboxPopover *self, WattleContext *context)
{
  self->context = g_object_ref (context);
  g_signal_connect_object (context, "notify::client", G_CALLBACK (client_cb), self, 0);
  client_cb (context, NULL, self);
}
