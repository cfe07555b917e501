/* taken-dialog.c: somebody else has the time of a booking: whose it was, and which times are free
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/taken-dialog.h"

#include <glib/gi18n-lib.h>

#include "app/schedule/bookings.h"
#include "app/schedule/diary-data.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "base/civil.h"

struct _WattleTakenDialog
{
  AdwMessageDialog parent;
  WattleContext *context;
  char *id;
  char *name;
  char *args;
  char *message;
  GtkListBox *times;
};

G_DEFINE_FINAL_TYPE (WattleTakenDialog, wattle_taken_dialog, ADW_TYPE_MESSAGE_DIALOG)

/* A booking that is on its way once more. */
typedef struct
{
  GtkWidget *widget; /* (nullable) */
  WattleContext *context;
  char *name;
  char *args;
} Retry;

static void
retry_free (Retry *retry)
{
  g_clear_object (&retry->widget);
  g_object_unref (retry->context);
  g_free (retry->name);
  g_free (retry->args);
  g_free (retry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Retry, retry_free)

static void
retried_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Retry) retry = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = wattle_client_send_again_finish (WATTLE_CLIENT (source), result, &error);

  if (id != NULL)
    wattle_bookings_remember (retry->context, id, retry->name, retry->args);
  if (retry->widget == NULL || gtk_widget_get_root (retry->widget) == NULL)
    return;
  if (id == NULL)
    wattle_show_error (retry->widget, error);
  else
    wattle_toast (retry->widget, _("Booked at the new time"));
}

static void
chosen_cb (WattleTakenDialog *self, GtkListBoxRow *row)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  Retry *retry = g_new0 (Retry, 1);

  retry->widget = parent != NULL ? g_object_ref (wattle_toasting (GTK_WIDGET (parent))) : NULL;
  retry->context = g_object_ref (self->context);
  retry->name = g_strdup (self->name);
  retry->args = g_strdup (g_object_get_data (G_OBJECT (row), "args"));
  wattle_client_send_again_async (wattle_context_client (self->context), self->id, retry->args, NULL, retried_cb,
                                  retry);
  gtk_window_close (GTK_WINDOW (self));
}

/* The visit as it was to be: of a move, what stands with what moves. */
static WattleRecord *
visit_of (WattleReader *reader, const char *name, const char *args)
{
  g_autoptr (WattleJson) json = wattle_json_parse (args, -1, &WATTLE_JSON_WIRE_LIMITS, NULL);
  g_autoptr (WattleRecord) stands = NULL;
  WattleRecord *visit;
  WattleJsonNode root;
  const WattleFieldId moved[] = { WATTLE_APPOINTMENT_STARTS_AT, WATTLE_APPOINTMENT_PRACTITIONER };

  if (json == NULL)
    return NULL;
  root = wattle_json_root (json);
  if (g_str_equal (name, "appointment.book"))
    return wattle_record_from_json (wattle_json_member (root, "appointment"), NULL);
  if (wattle_json_member_string (root, "id") == NULL)
    return NULL;
  stands = wattle_reader_get (reader, WATTLE_RECORD_APPOINTMENT, wattle_json_member_string (root, "id"), NULL);
  if (stands == NULL)
    return NULL;
  visit = wattle_record_copy (stands);
  for (guint i = 0; i < G_N_ELEMENTS (moved); i++)
    {
      WattleJsonNode value = wattle_json_member (root, wattle_field_get (moved[i])->name);

      if (wattle_json_exists (value))
        wattle_record_read_field (visit, moved[i], value, NULL);
    }
  return visit;
}

static gpointer
words_work (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  const char *name, *args, *zone;
  g_autoptr (WattleRecord) visit = NULL;
  g_autoptr (WattleRecord) patient = NULL;
  g_autoptr (WattleRecord) person = NULL;
  g_autofree char *whom = NULL;
  g_autofree char *who = NULL;
  g_autofree char *when = NULL;

  g_variant_get (arguments, "(&s&s&s)", &name, &args, &zone);
  visit = visit_of (reader, name, args);
  if (visit == NULL)
    return g_strdup ("");
  patient = wattle_reader_get (reader, WATTLE_RECORD_PATIENT,
                               wattle_record_get_string (visit, WATTLE_APPOINTMENT_PATIENT), NULL);
  person = wattle_reader_get (reader, WATTLE_RECORD_PRACTITIONER,
                              wattle_record_get_string (visit, WATTLE_APPOINTMENT_PRACTITIONER), NULL);
  if (patient == NULL || person == NULL)
    return g_strdup ("");
  whom = wattle_diary_patient_name (patient);
  who = wattle_display_practitioner (person);
  when = wattle_display_date_time (wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT),
                                   wattle_zone_lookup (zone, NULL));
  /* Whom, who and when: “Ivy Brown was to see Dr Imogen Farrow on Thu 1 Oct 2026, 5:20 pm.” */
  return g_strdup_printf (_("%s was to see %s on %s."), whom, who, when);
}

static void
words_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleTakenDialog *self = owner;
  const char *words = result;
  g_autofree char *body = NULL;

  /* What the server said stands there already. */
  if (words == NULL || *words == '\0')
    return;
  body = self->message != NULL ? g_strdup_printf ("%s\n\n%s", words, self->message) : g_strdup (words);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self), body);
}

/* Who locks, or leaves, takes the name off the screen; the booking waits among the changes that were not taken. */
static void
ready_cb (WattleTakenDialog *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
wattle_taken_dialog_dispose (GObject *object)
{
  WattleTakenDialog *self = WATTLE_TAKEN_DIALOG (object);

  g_clear_object (&self->context);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->args, g_free);
  g_clear_pointer (&self->message, g_free);
  G_OBJECT_CLASS (wattle_taken_dialog_parent_class)->dispose (object);
}

static void
wattle_taken_dialog_class_init (WattleTakenDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_taken_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/schedule/taken-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleTakenDialog, times);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
}

static void
wattle_taken_dialog_init (WattleTakenDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * wattle_taken_dialog_open:
 * @parent: (nullable): the window it belongs to
 * @context: the context
 * @refused: a booking or a move that the server refused
 *
 * Says whose visit with whom cannot be at its time, and offers the free ones.
 */
void
wattle_taken_dialog_open (GtkWindow *parent, WattleContext *context, const WattleRefusedBooking *refused)
{
  WattleTakenDialog *self = g_object_new (WATTLE_TYPE_TAKEN_DIALOG, "transient-for", parent, NULL);

  self->context = g_object_ref (context);
  self->id = g_strdup (refused->id);
  self->name = g_strdup (refused->name);
  self->args = g_strdup (refused->args);
  self->message = g_strdup (refused->message);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (self), refused->message != NULL ? refused->message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->times),
                          wattle_bookings_offer (self->times, context, self->name, self->args, refused->alternatives));
  wattle_context_load (
    context, words_work,
    g_variant_new ("(sss)", self->name, self->args, g_time_zone_get_identifier (wattle_context_zone (context))), g_free,
    NULL, self, words_cb);
  gtk_window_present (GTK_WINDOW (self));
}
