/* reason-dialog.c: asks why, before something that is kept in the audit trail
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/billing/reason-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"

struct _WattleReasonDialog
{
  AdwMessageDialog parent;
  GWeakRef widget;
  WattleReasonGiven given;
  gpointer data;
  AdwEntryRow *reason;
};

G_DEFINE_FINAL_TYPE (WattleReasonDialog, wattle_reason_dialog, ADW_TYPE_MESSAGE_DIALOG)

static char *
reason_of (WattleReasonDialog *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reason))));
}

static void
changed_cb (WattleReasonDialog *self)
{
  g_autofree char *reason = reason_of (self);

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "do", *reason != '\0');
}

static void
response_cb (WattleReasonDialog *self, const char *response)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&self->widget);
  g_autofree char *reason = reason_of (self);

  if (g_str_equal (response, "do") && widget != NULL)
    self->given (widget, reason, g_steal_pointer (&self->data));
}

static void
wattle_reason_dialog_finalize (GObject *object)
{
  WattleReasonDialog *self = WATTLE_REASON_DIALOG (object);

  g_weak_ref_clear (&self->widget);
  g_free (self->data);
  G_OBJECT_CLASS (wattle_reason_dialog_parent_class)->finalize (object);
}

static void
wattle_reason_dialog_class_init (WattleReasonDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wattle_reason_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/billing/reason-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleReasonDialog, reason);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, response_cb);
}

static void
wattle_reason_dialog_init (WattleReasonDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_weak_ref_init (&self->widget, NULL);
  wattle_name_rows (GTK_WIDGET (self->reason));
}

/**
 * wattle_reason_dialog_open:
 * @widget: where the person asked
 * @heading: a question of a few words
 * @body: what it means
 * @verb: label of the button that does it
 * @given: called with the reason when the person goes on
 * @data: (transfer full) (nullable): for @given; plain memory, freed when it is not called
 */
void
wattle_reason_dialog_open (GtkWidget *widget,
                           const char *heading,
                           const char *body,
                           const char *verb,
                           WattleReasonGiven given,
                           gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  WattleReasonDialog *self
    = g_object_new (WATTLE_TYPE_REASON_DIALOG, "transient-for", GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                    "heading", heading, "body", body, NULL);

  g_weak_ref_set (&self->widget, widget);
  self->given = given;
  self->data = data;
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (self), "cancel", _("_Cancel"));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (self), "do", verb);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (self), "do", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (self), "do");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (self), "cancel");
  changed_cb (self);
  gtk_window_present (GTK_WINDOW (self));
}
