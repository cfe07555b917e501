/* outbox-row.c: one change of this device, and what the server said
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/outbox/outbox-row.h"

#include <glib/gi18n-lib.h>

#include "app/outbox/change-words.h"
#include "app/outbox/outbox-dialog.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"

struct _WattleOutboxRow
{
  AdwActionRow parent;
  WattleOutboxItem *item;
  WattleContext *context;
  char *about; /* whom, and when */
  GtkWidget *warning;
  GtkWidget *withdraw;
};

G_DEFINE_FINAL_TYPE (WattleOutboxRow, wattle_outbox_row, ADW_TYPE_ACTION_ROW)

/* Whom it is about, and under that how it stands. */
static void
update (WattleOutboxRow *self)
{
  g_autofree char *status = NULL;
  g_autofree char *message = NULL;
  g_autofree char *when = NULL;
  g_autofree char *stands = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *name = NULL;
  const char *title = adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self));
  gboolean answered;
  gint64 at;

  g_object_get (self->item, "status", &status, "message", &message, "at", &at, NULL);
  answered = g_strcmp0 (status, "refused") == 0 || g_strcmp0 (status, "conflict") == 0;
  when = wattle_relative_display (at, wattle_context_now (self->context));
  if (answered)
    stands = g_strdup (message != NULL && *message != '\0' ? message : _("Refused by the server"));
  else
    stands = g_strdup_printf (g_strcmp0 (status, "sent") == 0 ? _("Sent, not answered yet · %s") : _("Waits · %s"),
                              when);
  subtitle = self->about != NULL ? g_strdup_printf ("%s\n%s", self->about, stands) : g_strdup (stands);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  name = g_strdup_printf (_("Take back: %s, %s"), title, self->about != NULL ? self->about : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->withdraw), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (self->withdraw, g_strcmp0 (status, "waiting") == 0);
  gtk_widget_set_visible (self->warning, answered);
}

static void
told_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleOutboxRow *self = owner;
  WattleChangeWords *words = result;

  if (error != NULL)
    return;
  g_free (self->about);
  self->about = words->whom != NULL && words->when != NULL ? g_strdup_printf ("%s · %s", words->whom, words->when)
                                                           : g_strdup (words->whom);
  update (self);
}

/* The list is there a moment before the store is, and a name may come with the first sync. */
static void
changed_cb (WattleOutboxRow *self)
{
  g_autofree char *name = NULL;
  g_autofree char *args = NULL;

  if (self->about != NULL)
    return;
  g_object_get (self->item, "name", &name, "args", &args, NULL);
  wattle_context_load (self->context, wattle_change_words_work,
                       g_variant_new ("(sss)", name, args,
                                      g_time_zone_get_identifier (wattle_context_zone (self->context))),
                       (GDestroyNotify) wattle_change_words_free, NULL, self, told_cb);
}

static void
withdraw_cb (WattleOutboxRow *self)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self)));

  wattle_outbox_take_back (wattle_toasting (root), self->context, self->item);
}

static void
wattle_outbox_row_dispose (GObject *object)
{
  WattleOutboxRow *self = WATTLE_OUTBOX_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->context);
  g_clear_pointer (&self->about, g_free);
  G_OBJECT_CLASS (wattle_outbox_row_parent_class)->dispose (object);
}

static void
wattle_outbox_row_class_init (WattleOutboxRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_outbox_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/outbox/outbox-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleOutboxRow, warning);
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
  g_autofree char *label = NULL;

  g_object_get (item, "label", &label, NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), label);
  self->item = g_object_ref (item);
  self->context = g_object_ref (context);
  g_signal_connect_object (item, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self);
  return GTK_WIDGET (self);
}

/**
 * wattle_outbox_row_item:
 * @self: the row
 *
 * Returns: (transfer none): the change that it shows
 */
WattleOutboxItem *
wattle_outbox_row_item (WattleOutboxRow *self)
{
  return self->item;
}
