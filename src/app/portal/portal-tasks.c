/* portal-tasks.c: what the patient was asked to do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-tasks.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/feedback.h"
#include "base/civil-text.h"

struct _WattlePortalTasks
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalTasks, wattle_portal_tasks, WATTLE_TYPE_PORTAL_VIEW)

static WattleEntry *
entry_of (WattlePortalReading *reading, WattleRecord *task)
{
  WattleEntry *entry = wattle_entry_new (task);
  gint64 status = wattle_record_get_integer (task, WATTLE_TASK_STATUS);
  gint64 due = wattle_record_get_integer (task, WATTLE_TASK_DUE_DATE);
  gboolean dated = wattle_record_has (task, WATTLE_TASK_DUE_DATE);
  g_autofree char *date = dated ? wattle_date_display (due) : NULL;
  g_autofree char *by = dated ? g_strdup_printf (_("By %s"), date) : NULL;
  const char *from = wattle_record_get_string (task, WATTLE_TASK_GIVEN_BY_NAME);
  const char *what = wattle_record_get_string (task, WATTLE_TASK_INSTRUCTIONS);
  g_autofree char *end = g_strjoin (" · ", by != NULL ? by : from, by != NULL ? from : NULL, NULL);

  entry->title = g_strdup (wattle_record_get_string (task, WATTLE_TASK_TITLE));
  entry->subtitle = g_strjoin ("\n", what != NULL ? what : end, what != NULL ? end : NULL, NULL);
  entry->status = (int) status;
  if (status == WATTLE_TASK_STATUS_OPEN)
    entry->verb = _("Done");
  if (status == WATTLE_TASK_STATUS_OPEN && dated && due < reading->today)
    {
      entry->pill = g_strdup (_("Overdue"));
      entry->tone = "warning";
    }
  if (status == WATTLE_TASK_STATUS_DONE)
    {
      entry->pill = g_strdup (_("Done"));
      entry->tone = "success";
    }
  if (status == WATTLE_TASK_STATUS_WITHDRAWN)
    entry->pill = g_strdup (_("No longer needed"));
  return entry;
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_TASK);
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  g_autoptr (GPtrArray) tasks = NULL;
  GPtrArray *open;
  GPtrArray *past;

  if (portal == NULL)
    return NULL;
  wattle_query_order_by (&query, WATTLE_TASK_DUE_DATE, FALSE);
  tasks = wattle_portal_released (&reading, &query, WATTLE_TASK_PATIENT, error);
  if (tasks == NULL)
    return NULL;
  open = wattle_portal_group (portal, _("To Do"), _("Your clinician sees when you tick one."));
  past = wattle_portal_group (portal, _("Earlier"), NULL);
  for (guint i = 0; i < tasks->len; i++)
    g_ptr_array_add (wattle_record_get_integer (tasks->pdata[i], WATTLE_TASK_STATUS) == WATTLE_TASK_STATUS_OPEN ? open
                                                                                                             : past,
                     entry_of (&reading, tasks->pdata[i]));
  return g_steal_pointer (&portal);
}

static gboolean
done_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  g_autofree char *id = data;
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\",\"done\":false}", id);

  if (error == NULL)
    wattle_toast_undo (widget, wattle_view_context (WATTLE_VIEW (widget)), _("Task done"), "task.done", args);
  return FALSE;
}

static void
act (WattlePortalView *view, WattleEntryRow *row)
{
  g_autofree char *args = g_strdup_printf ("{\"id\":\"%s\",\"done\":true}", wattle_entry_row_id (row));

  wattle_perform (GTK_WIDGET (view), wattle_view_context (WATTLE_VIEW (view)), "task.done", args, done_cb,
                  g_strdup (wattle_entry_row_id (row)));
}

static void
wattle_portal_tasks_class_init (WattlePortalTasksClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_TASK) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT);
  portal_class->read = read_portal;
  portal_class->act = act;
  portal_class->icon = "object-select-symbolic";
  portal_class->empty = N_("No Tasks");
  portal_class->empty_text = N_("When your clinician asks you to do something until the next visit, it stands here.");
  portal_class->type = WATTLE_RECORD_TASK;
}

static void
wattle_portal_tasks_init (WattlePortalTasks *self)
{
}
