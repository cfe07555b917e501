/* emergency-bar.c: says in a chart that it is open in an emergency, and for how long
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/access/emergency-bar.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"
#include "base/clock.h"

#define TICK_SECONDS 15

struct _WattleEmergencyBar
{
  AdwBin parent;
  WattleContext *context;
  char *patient;
  WattleRecord *grant;
  GtkLabel *label;
  GtkLabel *reason;
  guint timer;
};

G_DEFINE_FINAL_TYPE (WattleEmergencyBar, wattle_emergency_bar, ADW_TYPE_BIN)

static gpointer
read_grant (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_ACCESS_GRANT);
  const char *patient, *practitioner;

  g_variant_get (arguments, "(&s&s)", &patient, &practitioner);
  wattle_query_where_text (&query, WATTLE_ACCESS_GRANT_PATIENT, patient);
  wattle_query_where_text (&query, WATTLE_ACCESS_GRANT_PRACTITIONER, practitioner);
  wattle_query_where (&query, WATTLE_ACCESS_GRANT_STATUS, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_STATUS_ACTIVE);
  wattle_query_where (&query, WATTLE_ACCESS_GRANT_KIND, WATTLE_COMPARE_EQUAL, WATTLE_ACCESS_KIND_EMERGENCY);
  return wattle_reader_find (wattle_transaction_reader (transaction), &query, NULL);
}

static void
show_time_left (WattleEmergencyBar *self)
{
  gint64 left = wattle_record_get_integer (self->grant, WATTLE_ACCESS_GRANT_UNTIL_AT)
                - wattle_context_now (self->context);
  int minutes = (int) MAX ((left + WATTLE_MINUTE - 1) / WATTLE_MINUTE, 0);
  const char *words = g_dngettext (GETTEXT_PACKAGE,
                                   "Open in an emergency · %d minute left · your reading is written down",
                                   "Open in an emergency · %d minutes left · your reading is written down", minutes);
  g_autofree char *text = g_strdup_printf (words, minutes);

  gtk_label_set_label (self->label, text);
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleEmergencyBar *self = owner;
  g_autofree char *reason = NULL;

  /* Its window may have gone meanwhile, and its label with it. */
  if (self->context == NULL)
    return;
  g_clear_object (&self->grant);
  if (result != NULL)
    self->grant = g_object_ref (result);
  gtk_widget_set_visible (GTK_WIDGET (self), self->grant != NULL);
  if (self->grant == NULL)
    return;
  show_time_left (self);
  reason = g_strdup_printf (_("Reason given: %s"), wattle_record_get_string (self->grant, WATTLE_ACCESS_GRANT_REASON));
  gtk_label_set_label (self->reason, reason);
}

static void
load (WattleEmergencyBar *self)
{
  const WattleActor *actor = self->context != NULL ? wattle_context_actor (self->context) : NULL;

  if (actor == NULL || actor->practitioner == NULL || !wattle_context_is_ready (self->context))
    return;
  wattle_context_load (self->context, read_grant, g_variant_new ("(ss)", self->patient, actor->practitioner),
                       g_object_unref, NULL, self, loaded_cb);
}

static void
changed_cb (WattleContext *context, guint64 types, WattleEmergencyBar *self)
{
  /* A loss takes the whole record, this row with it. */
  if ((types & (WATTLE_TYPE_BIT (WATTLE_RECORD_ACCESS_GRANT) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT))) != 0)
    load (self);
}

static void
ready_cb (WattleContext *context, GParamSpec *pspec, WattleEmergencyBar *self)
{
  load (self);
}

static gboolean
tick_cb (gpointer data)
{
  WattleEmergencyBar *self = data;

  if (self->grant != NULL)
    show_time_left (self);
  return G_SOURCE_CONTINUE;
}

static void
end_cb (WattleEmergencyBar *self)
{
  g_autofree char *args = NULL;

  if (self->grant == NULL)
    return;
  args = g_strdup_printf ("{\"id\":\"%s\"}", wattle_record_id (self->grant));
  wattle_perform (GTK_WIDGET (self), self->context, "access.revoke", args, NULL, NULL);
}

static void
wattle_emergency_bar_dispose (GObject *object)
{
  WattleEmergencyBar *self = WATTLE_EMERGENCY_BAR (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_object (&self->grant);
  g_clear_object (&self->context);
  g_clear_pointer (&self->patient, g_free);
  G_OBJECT_CLASS (wattle_emergency_bar_parent_class)->dispose (object);
}

static void
wattle_emergency_bar_class_init (WattleEmergencyBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_emergency_bar_dispose;
}

static void
wattle_emergency_bar_init (WattleEmergencyBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_End Now"));

  self->label = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_wrap (self->label, TRUE);
  gtk_label_set_wrap_mode (self->label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->label, 0);
  self->reason = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_wrap (self->reason, TRUE);
  gtk_label_set_wrap_mode (self->reason, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->reason, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->reason), "caption");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->reason));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), button);
  gtk_widget_add_css_class (box, "wattle-emergency");
  g_signal_connect_object (button, "clicked", G_CALLBACK (end_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  self->timer = g_timeout_add_seconds (TICK_SECONDS, tick_cb, self);
}

/**
 * wattle_emergency_bar_follow:
 * @self: the bar of a chart
 * @context: the context
 * @patient: whose chart
 *
 * Shows itself while an emergency access is what opens this chart.
 */
void
wattle_emergency_bar_follow (WattleEmergencyBar *self, WattleContext *context, const char *patient)
{
  self->context = g_object_ref (context);
  self->patient = g_strdup (patient);
  g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, 0);
  load (self);
}
