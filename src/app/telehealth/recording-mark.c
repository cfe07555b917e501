/* recording-mark.c: what everybody in a call sees while it is recorded, and the question before it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/recording-mark.h"

#include <glib/gi18n-lib.h>

struct _WattleRecordingMark
{
  AdwBin parent;
  WattleCallSession *session;
  GtkWidget *box;
  GtkLabel *text;
  GtkButton *button;
  GtkWindow *question; /* (nullable) */
  char *asked;         /* (nullable): the recording that was asked about last */
};

G_DEFINE_FINAL_TYPE (WattleRecordingMark, wattle_recording_mark, ADW_TYPE_BIN)

static WattleConsult *
consult (WattleRecordingMark *self)
{
  return wattle_call_session_consult (self->session);
}

static void
answered_cb (AdwMessageDialog *dialog, const char *response, WattleRecordingMark *self)
{
  if (self->question == GTK_WINDOW (dialog))
    self->question = NULL;
  if (g_str_equal (response, "agree"))
    wattle_call_session_answer (self->session, TRUE);
  else if (g_str_equal (response, "decline"))
    wattle_call_session_answer (self->session, FALSE);
}

/* The words come from who asks, so that everybody is asked the same. */
static void
ask (WattleRecordingMark *self, const WattleConsultPerson *recorder)
{
  g_autofree char *name = wattle_call_session_name_of (self->session, recorder);
  g_autofree char *heading = g_strdup_printf (_("%s Asks to Record This Call"), name);
  g_autofree char *body = g_strdup_printf (
    _("%s\n\nPicture and sound of everybody in the call are recorded, and kept in the record of the patient. Nothing "
       "is recorded unless everybody agrees. You can change your mind at any time: recording then stops at once."),
    recorder->recording_words != NULL ? recorder->recording_words : "");
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), heading, body);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "decline", _("I Do _Not Agree"), "agree", _("I _Agree"), NULL);
  adw_message_dialog_set_response_appearance (message, "agree", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_close_response (message, "decline");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, 0);
  self->question = GTK_WINDOW (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
drop_question (WattleRecordingMark *self)
{
  GtkWindow *question = g_steal_pointer (&self->question);

  if (question == NULL)
    return;
  g_signal_handlers_disconnect_by_data (question, self);
  gtk_window_destroy (question);
}

/* Asks once about each recording. */
static void
show_question (WattleRecordingMark *self, const WattleConsultPerson *recorder)
{
  gboolean open = recorder != NULL && wattle_consult_consent (consult (self)) == WATTLE_CONSULT_NO_ANSWER;

  if (!open || g_strcmp0 (self->asked, recorder->recording_id) != 0)
    drop_question (self);
  if (!open || g_strcmp0 (self->asked, recorder->recording_id) == 0)
    return;
  g_free (self->asked);
  self->asked = g_strdup (recorder->recording_id);
  ask (self, recorder);
}

static void
show (WattleRecordingMark *self, gboolean on, const char *text, const char *verb)
{
  if (on)
    gtk_widget_remove_css_class (self->box, "asking");
  else
    gtk_widget_add_css_class (self->box, "asking");
  gtk_label_set_label (self->text, text);
  gtk_button_set_label (self->button, verb);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

static void
changed_cb (WattleRecordingMark *self)
{
  const WattleConsultPerson *recorder = wattle_consult_recorder (consult (self));
  WattleConsultRecording own = wattle_consult_recording (consult (self));
  gboolean ended = wattle_consult_state (consult (self)) == WATTLE_CONSULT_ENDED;

  if (ended)
    recorder = NULL;
  show_question (self, recorder);
  if (own == WATTLE_CONSULT_RECORDING)
    show (self, TRUE, _("Recording"), _("_Stop"));
  else if (own == WATTLE_CONSULT_ASKING)
    show (self, FALSE, _("Waiting until everybody agrees to be recorded"), _("_Cancel"));
  else if (recorder != NULL && recorder->recording == WATTLE_CONSULT_RECORDING)
    show (self, TRUE, _("This call is recorded"), _("_Withdraw Consent"));
  else
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
clicked_cb (WattleRecordingMark *self)
{
  if (wattle_consult_recording (consult (self)) != WATTLE_CONSULT_NOT_RECORDING)
    wattle_consult_record (consult (self), FALSE, NULL);
  else
    wattle_call_session_answer (self->session, FALSE);
}

static void
wattle_recording_mark_dispose (GObject *object)
{
  WattleRecordingMark *self = WATTLE_RECORDING_MARK (object);

  drop_question (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (wattle_recording_mark_parent_class)->dispose (object);
}

static void
wattle_recording_mark_finalize (GObject *object)
{
  g_free (WATTLE_RECORDING_MARK (object)->asked);
  G_OBJECT_CLASS (wattle_recording_mark_parent_class)->finalize (object);
}

static void
wattle_recording_mark_class_init (WattleRecordingMarkClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_recording_mark_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_recording_mark_finalize;
}

static void
wattle_recording_mark_init (WattleRecordingMark *self)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("media-record-symbolic");
  GtkWidget *text = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, "wrap", TRUE,
                                  "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0, NULL);
  GtkWidget *button = gtk_button_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->text = GTK_LABEL (text);
  self->button = GTK_BUTTON (button);
  gtk_button_set_use_underline (self->button, TRUE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (self->box, "wattle-recording");
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  gtk_box_append (GTK_BOX (self->box), icon);
  gtk_box_append (GTK_BOX (self->box), text);
  gtk_box_append (GTK_BOX (self->box), button);
  adw_bin_set_child (ADW_BIN (self), self->box);
  g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
}

void
wattle_recording_mark_set_session (WattleRecordingMark *self, WattleCallSession *session)
{
  g_set_object (&self->session, session);
  g_signal_connect_object (consult (self), "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
}
