/* visit-acts.c: what is done to a visit, and how it is taken back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/schedule/visit-acts.h"

#include <glib/gi18n-lib.h>

#include "app/billing/complete-visit.h"
#include "app/schedule/bookings.h"
#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/civil.h"
#include "base/error.h"

#define BIT(status) (1u << WATTLE_APPOINTMENT_STATUS_##status)
#define AHEAD (BIT (TENTATIVE) | BIT (BOOKED) | BIT (ARRIVED))

/* From which statuses a step leads on; the first that fits is the usual one. */
static const struct
{
  const char *operation;
  const char *verb;
  const char *done;
  guint from;
} steps[] = {
  { "appointment.arrive", N_("_Arrive"), N_("Arrival noted"), BIT (TENTATIVE) | BIT (BOOKED) },
  { "appointment.start", N_("_Start"), N_("Visit started"), AHEAD },
  { "visit.complete", N_("_Complete"), NULL, AHEAD | BIT (IN_VISIT) },
  { "appointment.no_show", N_("Did _Not Attend"), N_("Noted that nobody came"), BIT (TENTATIVE) | BIT (BOOKED) },
};

/* What a step needs until it is done. */
typedef struct
{
  WattleContext *context;
  char *args; /* (nullable): of a move, for when the server says no */
  char *undo; /* operation that takes it back */
  char *undo_args;
  char *done;
} Act;

static void
act_free (Act *act)
{
  g_object_unref (act->context);
  g_free (act->args);
  g_free (act->undo);
  g_free (act->undo_args);
  g_free (act->done);
  g_free (act);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Act, act_free)

static Act *
act_new (WattleContext *context, const char *args, const char *undo, char *undo_args, const char *done)
{
  Act *act = g_new0 (Act, 1);

  act->context = g_object_ref (context);
  act->args = g_strdup (args);
  act->undo = g_strdup (undo);
  act->undo_args = undo_args;
  act->done = g_strdup (done);
  return act;
}

/* The server does not move a visit that somebody else moved meanwhile: so it is told from where. */
static char *
move_args (const char *id, const WattleVisitTime *from, const WattleVisitTime *time)
{
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  g_autofree char *seen = wattle_instant_format (from->starts);
  g_autofree char *starts = wattle_instant_format (time->starts);
  g_autofree char *ends = wattle_instant_format (time->ends);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", id);
  wattle_json_pair_string (&writer, "from", seen);
  wattle_json_pair_string (&writer, "starts_at", starts);
  wattle_json_pair_string (&writer, "ends_at", ends);
  wattle_json_pair_string (&writer, "practitioner", time->practitioner);
  wattle_json_end_object (&writer);
  return g_string_free (text, FALSE);
}

static char *
revert_args (const char *id, int status)
{
  /* What waits for its answer is as good as booked. */
  int to = status == WATTLE_APPOINTMENT_STATUS_TENTATIVE ? WATTLE_APPOINTMENT_STATUS_BOOKED : status;

  return g_strdup_printf ("{\"id\":\"%s\",\"to\":\"%s\"}", id,
                          wattle_enum_nick (wattle_enum_find ("appointment_status"), to));
}

static gboolean
acted_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  g_autoptr (Act) act = data;

  if (error != NULL)
    {
      /* A time that is taken is no accident to stop at: a toast says so and the visit stays where it was. */
      if (!g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_CONFLICT)
          && !g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_INVALID))
        return FALSE;
      wattle_toast (widget, error->message);
      return TRUE;
    }
  if (act->args != NULL)
    wattle_bookings_remember (act->context, operation_id, "appointment.move", act->args);
  wattle_toast_undo (widget, act->context, act->done, act->undo, act->undo_args);
  return FALSE;
}

/**
 * wattle_visit_move:
 * @widget: a widget below a toast overlay that outlives the visit's own
 * @context: the context
 * @id: the visit
 * @before: where it is
 * @after: where it shall be
 *
 * Moves or lengthens a visit; a toast offers the way back.
 */
void
wattle_visit_move (GtkWidget *widget,
                   WattleContext *context,
                   const char *id,
                   const WattleVisitTime *before,
                   const WattleVisitTime *after)
{
  g_autofree char *args = move_args (id, before, after);
  gboolean same_start = before->starts == after->starts && g_strcmp0 (before->practitioner, after->practitioner) == 0;

  if (same_start && before->ends == after->ends)
    return;
  wattle_perform (widget, context, "appointment.move", args, acted_cb,
                  act_new (context, args, "appointment.move", move_args (id, after, before),
                           same_start ? _("Length changed") : _("Visit moved")));
}

/**
 * wattle_visit_may:
 * @context: the context
 * @operation: such as "appointment.arrive"
 * @status: of a visit
 *
 * Returns: whether the person may take that step with it now
 */
gboolean
wattle_visit_may (WattleContext *context, const char *operation, int status)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (steps[i].operation, operation))
      return (steps[i].from >> status & 1) != 0 && wattle_context_may (context, operation);
  return (AHEAD >> status & 1) != 0 && wattle_context_may (context, operation);
}

/**
 * wattle_visit_step_at:
 * @index: counts from 0
 * @verb: (out): its word with a mnemonic, translated
 *
 * Returns: (nullable): the steps of a day in their order; %NULL after the last
 */
const char *
wattle_visit_step_at (guint index, const char **verb)
{
  if (index >= G_N_ELEMENTS (steps))
    return NULL;
  *verb = _(steps[index].verb);
  return steps[index].operation;
}

/**
 * wattle_visit_step:
 * @widget: a widget below a toast overlay that outlives the visit's own
 * @context: the context
 * @operation: one of wattle_visit_step_at()
 * @id: the visit
 * @status: its status now, to which the toast offers to go back
 */
void
wattle_visit_step (GtkWidget *widget, WattleContext *context, const char *operation, const char *id, int status)
{
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\"}", id);

  if (g_str_equal (operation, "visit.complete"))
    {
      wattle_complete_visit (widget, context, id);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (g_str_equal (steps[i].operation, operation))
      {
        wattle_perform (widget, context, operation, args, acted_cb,
                        act_new (context, NULL, "appointment.revert", revert_args (id, status), _(steps[i].done)));
        return;
      }
}

/* A cancelling that waits for its reason. */
typedef struct
{
  GWeakRef widget;
  WattleContext *context;
  char *id;
  int status;
  AdwComboRow *reason;
  GtkEditable *note;
} Cancelling;

static void
cancelling_free (gpointer data, GClosure *closure)
{
  Cancelling *cancelling = data;

  g_weak_ref_clear (&cancelling->widget);
  g_object_unref (cancelling->context);
  g_free (cancelling->id);
  g_free (cancelling);
}

static void
cancel_agreed_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Cancelling *cancelling = data;
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&cancelling->widget);
  const char *note = gtk_editable_get_text (cancelling->note);
  GString *text = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (text);
  g_autofree char *args = NULL;

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "id", cancelling->id);
  wattle_json_pair_string (&writer, "reason",
                           wattle_enum_nick (wattle_enum_find ("cancellation_reason"),
                                             (int) adw_combo_row_get_selected (cancelling->reason)));
  if (*note != '\0')
    wattle_json_pair_string (&writer, "note", note);
  wattle_json_end_object (&writer);
  args = g_string_free (text, FALSE);
  if (widget != NULL)
    wattle_perform (widget, cancelling->context, "appointment.cancel", args, acted_cb,
                    act_new (cancelling->context, NULL, "appointment.revert",
                             revert_args (cancelling->id, cancelling->status), _("Visit cancelled")));
}

/**
 * wattle_visit_cancel:
 * @widget: a widget below a toast overlay that outlives the visit's own
 * @context: the context
 * @id: the visit
 * @who: the patient, as people are called
 * @status: its status now
 *
 * Asks for the reason and cancels; a toast offers the way back.
 */
void
wattle_visit_cancel (GtkWidget *widget, WattleContext *context, const char *id, const char *who, int status)
{
  g_autoptr (GtkBuilder) builder
    = gtk_builder_new_from_resource ("/au/wattle/Wattle/schedule/cancel-dialog.ui");
  GtkWindow *dialog = GTK_WINDOW (gtk_builder_get_object (builder, "dialog"));
  Cancelling *cancelling = g_new0 (Cancelling, 1);
  g_autoptr (GtkStringList) reasons = gtk_string_list_new (NULL);

  for (int i = 0; i < WATTLE_N_CANCELLATION_REASON; i++)
    gtk_string_list_append (reasons, _(wattle_enum_label (wattle_enum_find ("cancellation_reason"), i)));
  g_weak_ref_init (&cancelling->widget, widget);
  cancelling->context = g_object_ref (context);
  cancelling->id = g_strdup (id);
  cancelling->status = status;
  cancelling->reason = ADW_COMBO_ROW (gtk_builder_get_object (builder, "reason"));
  cancelling->note = GTK_EDITABLE (gtk_builder_get_object (builder, "note"));
  adw_combo_row_set_model (cancelling->reason, G_LIST_MODEL (reasons));
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _("The time of %s becomes free for others."), who);
  wattle_name_rows (GTK_WIDGET (dialog));
  gtk_window_set_transient_for (dialog, GTK_WINDOW (gtk_widget_get_root (widget)));
  g_signal_connect_data (dialog, "response::do", G_CALLBACK (cancel_agreed_cb), cancelling, cancelling_free, 0);
  gtk_window_present (dialog);
}
