/* opening.c: telling the audit trail what a person opened
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/access/opening.h"

/* Nobody is asked about it: what a role may not do is not done again, and a full disk shows at the next change. */
static void
told_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = wattle_client_perform_finish (WATTLE_CLIENT (source), result, &error);

  if (id == NULL)
    g_debug ("An opening was not written down: %s", error->message);
}

/**
 * wattle_tell_opened:
 * @context: the context
 * @patient: (nullable): id of whose chart it is
 * @type: what was opened in it; %WATTLE_RECORD_PATIENT for the chart itself
 * @id: (nullable): its id; not for the chart itself
 *
 * Reads of clinical data are written down as changes are: kept on this computer
 * at once, and sent to the trail of the server when it can be reached.
 */
void
wattle_tell_opened (WattleContext *context, const char *patient, WattleRecordType type, const char *id)
{
  g_autofree char *args = NULL;

  if (patient == NULL || !wattle_context_is_ready (context))
    return;
  if (type == WATTLE_RECORD_PATIENT)
    args = g_strdup_printf ("{\"patient\":\"%s\"}", patient);
  else
    args = g_strdup_printf ("{\"patient\":\"%s\",\"type\":\"%s\",\"id\":\"%s\"}", patient,
                            wattle_type_get (type)->nick, id);
  wattle_client_perform_async (wattle_context_client (context), "chart.open", args, NULL, told_cb, NULL);
}
