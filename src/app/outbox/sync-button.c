/* sync-button.c: nothing while all is well; offline, waiting changes and conflicts otherwise
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/sync-button.h"

#include <glib/gi18n-lib.h>

#include "app/outbox/outbox-window.h"

/* A change that leaves at once is nobody's business: only what still waits after this many milliseconds shows. */
#define PATIENCE 3000

struct _WattleSyncButton
{
  AdwBin parent;
  WattleClient *client;
  guint patience;
  gboolean slow;
  WattleContext *context;
  GtkButton *button;
  GtkImage *icon;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (WattleSyncButton, wattle_sync_button, ADW_TYPE_BIN)

static gboolean patience_cb (gpointer data);

static void
show (WattleSyncButton *self, const char *icon, const char *text)
{
  g_autofree char *name = g_strdup_printf (_("Synchronisation: %s"), text);

  gtk_image_set_from_icon_name (self->icon, icon);
  gtk_label_set_label (self->label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), text);
  gtk_widget_set_visible (GTK_WIDGET (self->button), TRUE);
}

static void
update (WattleSyncButton *self)
{
  gboolean online = TRUE;
  guint pending = 0;
  guint conflicts = 0;
  guint answered;
  g_autofree char *text = NULL;

  if (self->client == NULL)
    return;
  g_object_get (self->client, "online", &online, "pending", &pending, "conflicts", &conflicts, NULL);
  answered = wattle_outbox_answered (self->client);
  if (pending == 0 || !online)
    {
      g_clear_handle_id (&self->patience, g_source_remove);
      self->slow = FALSE;
    }
  else if (!self->slow && self->patience == 0)
    self->patience = g_timeout_add (PATIENCE, patience_cb, self);

  if (wattle_client_state (self->client) == WATTLE_CLIENT_READ_ONLY)
    show (self, "changes-prevent-symbolic", _("Read only: update Wattle"));
  else if (conflicts > 0)
    {
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u choice to make", "%u choices to make", conflicts),
                              conflicts);
      show (self, "dialog-information-symbolic", text);
    }
  else if (answered > 0)
    {
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u change was not taken", "%u changes were not taken",
                                           answered),
                              answered);
      show (self, "dialog-warning-symbolic", text);
    }
  else if (!online && pending > 0)
    {
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Offline: %u change waits", "Offline: %u changes wait",
                                           pending),
                              pending);
      show (self, "network-offline-symbolic", text);
    }
  else if (!online)
    show (self, "network-offline-symbolic", _("Offline"));
  else if (pending > 0 && self->slow)
    {
      text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Sending %u change", "Sending %u changes", pending),
                              pending);
      show (self, "view-refresh-symbolic", text);
    }
  else
    gtk_widget_set_visible (GTK_WIDGET (self->button), FALSE);
}

static gboolean
patience_cb (gpointer data)
{
  WattleSyncButton *self = data;

  self->patience = 0;
  self->slow = TRUE;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
client_cb (WattleContext *context, GParamSpec *pspec, WattleSyncButton *self)
{
  static const char *const watched[] = { "notify::online", "notify::pending", "notify::conflicts", "notify::state" };

  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->client, self);
      g_signal_handlers_disconnect_by_data (wattle_client_outbox (self->client), self);
    }
  g_set_object (&self->client, wattle_context_client (context));
  if (self->client == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_swapped (self->client, watched[i], G_CALLBACK (update), self);
  g_signal_connect_swapped (wattle_client_outbox (self->client), "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->client, "operation-settled", G_CALLBACK (update), self);
  update (self);
}

static void
clicked_cb (WattleSyncButton *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (wattle_context_is_ready (self->context))
    wattle_outbox_window_open (GTK_WINDOW (root), self->context);
}

static void
wattle_sync_button_dispose (GObject *object)
{
  WattleSyncButton *self = WATTLE_SYNC_BUTTON (object);

  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->client != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->client, self);
      g_signal_handlers_disconnect_by_data (wattle_client_outbox (self->client), self);
    }
  g_clear_object (&self->client);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_sync_button_parent_class)->dispose (object);
}

static void
wattle_sync_button_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  gtk_widget_set_visible (GTK_WIDGET (WATTLE_SYNC_BUTTON (object)->label), !g_value_get_boolean (value));
}

static void
wattle_sync_button_class_init (WattleSyncButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_sync_button_dispose;
  G_OBJECT_CLASS (klass)->set_property = wattle_sync_button_set_property;
  /* In a narrow window the picture stands alone; its words are the tooltip and the accessible name. */
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 1,
    g_param_spec_boolean ("compact", NULL, NULL, FALSE, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/sync-button.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleSyncButton, button);
  gtk_widget_class_bind_template_child (widget_class, WattleSyncButton, icon);
  gtk_widget_class_bind_template_child (widget_class, WattleSyncButton, label);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
}

static void
wattle_sync_button_init (WattleSyncButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_sync_button_set_context:
 * @self: the button
 * @context: the context
 */
void
wattle_sync_button_set_context (WattleSyncButton *self, WattleContext *context)
{
  self->context = g_object_ref (context);
  g_signal_connect_object (context, "notify::client", G_CALLBACK (client_cb), self, 0);
  client_cb (context, NULL, self);
}
