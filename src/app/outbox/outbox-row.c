/* outbox-row.c: one change of this device, and what the server said
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/outbox-row.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"
#include "base/civil-text.h"

struct _WattleOutboxRow
{
  AdwActionRow parent;
  WattleOutboxItem *item;
  WattleContext *context;
  GtkWidget *withdraw;
};

G_DEFINE_FINAL_TYPE (WattleOutboxRow, wattle_outbox_row, ADW_TYPE_ACTION_ROW)

static void
update (WattleOutboxRow *self)
{
  g_autofree char *label = NULL;
  g_autofree char *status = NULL;
  g_autofree char *message = NULL;
  g_autofree char *when = NULL;
  gint64 at;

  g_object_get (self->item, "label", &label, "status", &status, "message", &message, "at", &at, NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), label != NULL ? label : "");
  when = wattle_relative_display (at, wattle_context_now (self->context));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), message != NULL && *message != '\0' ? message : when);
  gtk_widget_set_visible (self->withdraw, g_strcmp0 (status, "sent") != 0 && g_strcmp0 (status, "ok") != 0);
}

static void
withdrawn_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleOutboxRow) self = data;
  g_autoptr (GError) error = NULL;

  if (!wattle_client_withdraw_finish (WATTLE_CLIENT (source), result, &error))
    wattle_show_error (GTK_WIDGET (self), error);
}

static void
discarded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleOutboxRow) self = data;
  g_autoptr (GError) error = NULL;

  if (!wattle_client_discard_finish (WATTLE_CLIENT (source), result, &error))
    wattle_show_error (GTK_WIDGET (self), error);
}

static void
withdraw_cb (WattleOutboxRow *self)
{
  WattleClient *client = wattle_context_client (self->context);
  g_autofree char *id = NULL;
  g_autofree char *status = NULL;

  g_object_get (self->item, "operation-id", &id, "status", &status, NULL);
  if (g_strcmp0 (status, "waiting") == 0)
    wattle_client_withdraw_async (client, id, NULL, withdrawn_cb, g_object_ref (self));
  else
    wattle_client_discard_async (client, id, NULL, discarded_cb, g_object_ref (self));
}

static void
wattle_outbox_row_dispose (GObject *object)
{
  WattleOutboxRow *self = WATTLE_OUTBOX_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_outbox_row_parent_class)->dispose (object);
}

static void
wattle_outbox_row_class_init (WattleOutboxRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_outbox_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/outbox-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxRow, withdraw);
  gtk_widget_class_bind_template_callback (widget_class, withdraw_cb);
}

static void
wattle_outbox_row_init (WattleOutboxRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_outbox_row_new:
 * @item: a change of this device
 * @context: the context
 *
 * Returns: (transfer floating): its row
 */
GtkWidget *
wattle_outbox_row_new (WattleOutboxItem *item, WattleContext *context)
{
  WattleOutboxRow *self = g_object_new (WATTLE_TYPE_OUTBOX_ROW, NULL);

  self->item = g_object_ref (item);
  self->context = g_object_ref (context);
  g_signal_connect_object (item, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
