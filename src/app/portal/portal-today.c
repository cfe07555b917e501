/* portal-today.c: what a patient needs now: the next visit, and what waits
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-today.h"

#include <glib/gi18n-lib.h>

#include "app/portal/portal-invoices.h"
#include "app/portal/portal-join.h"
#include "app/portal/portal-visits.h"
#include "app/widgets/display.h"
#include "base/civil-text.h"
#include "base/civil.h"
#include "base/clock.h"
#include "base/money.h"
#include "domain/naming.h"
#include "domain/scheduling.h"

/* A note that was shared is news for so long. */
#define NEWS_DAYS 14

struct _WattlePortalToday
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalToday, wattle_portal_today, WATTLE_TYPE_PORTAL_VIEW)

static void
greet (WattlePortalReading *reading, WattlePortal *portal)
{
  g_autoptr (WattleRecord) patient = wattle_reader_get (reading->reader, WATTLE_RECORD_PATIENT, reading->patient, NULL);
  g_autofree char *name = patient != NULL ? wattle_patient_salutation (patient) : NULL;

  portal->heading = name != NULL ? g_strdup_printf (_("Hello, %s"), name) : g_strdup (_("Hello"));
  portal->text = wattle_date_display_long (reading->today);
}

/* What to do about a visit: join it, wait for its room, or come. */
static char *
advice (WattlePortalReading *reading, WattleRecord *visit)
{
  gint64 modality = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_MODALITY);
  gint64 opens = wattle_record_get_integer (visit, WATTLE_APPOINTMENT_STARTS_AT) - WATTLE_ROOM_EARLY * WATTLE_SECOND;
  g_autofree char *at = wattle_display_time (opens, wattle_portal_visit_zone (reading, visit));

  if (wattle_portal_can_join (visit, reading->now))
    return g_strdup (_("The room is open. Camera and microphone stay off until you turn them on."));
  if (modality == WATTLE_MODALITY_PHONE)
    return g_strdup (_("You will be called. Keep your phone near."));
  if (modality == WATTLE_MODALITY_VIDEO)
    return g_strdup_printf (_("You can join from %s on that day, right here."), at);
  return NULL;
}

static gboolean
show_next (WattlePortalReading *reading, WattlePortal *portal, GError **error)
{
  g_autoptr (GPtrArray) visits = wattle_portal_read_visits (reading, error);
  WattleRecord *next = NULL;

  for (guint i = 0; visits != NULL && i < visits->len; i++)
    if (wattle_portal_is_ahead (reading, visits->pdata[i]))
      next = visits->pdata[i];
  if (next == NULL)
    return visits != NULL;
  portal->card = wattle_portal_visit (reading, next);
  g_free (portal->card->pill);
  portal->card->pill = advice (reading, next);
  if (portal->card->verb != NULL)
    portal->card->verb = _("Join the Visit");
  return TRUE;
}

static gboolean
add_invoices (WattlePortalReading *reading, GPtrArray *waiting, GError **error)
{
  g_autoptr (GPtrArray) invoices = wattle_portal_read_invoices (reading, error);
  g_autofree char *owed = NULL;
  WattleEntry *entry;
  guint n;

  if (invoices == NULL)
    return FALSE;
  owed = wattle_money_format (wattle_portal_owed (invoices, &n));
  if (n == 0)
    return TRUE;
  entry = wattle_entry_new (invoices->pdata[0]);
  entry->title = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u invoice to pay", "%u invoices to pay", n), n);
  entry->detail = g_steal_pointer (&owed);
  g_ptr_array_add (waiting, entry);
  return TRUE;
}

static gboolean
add_notes (WattlePortalReading *reading, GPtrArray *waiting, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PROGRESS_NOTE);
  g_autoptr (GPtrArray) notes = NULL;
  WattleEntry *entry;

  wattle_query_where (&query, WATTLE_PROGRESS_NOTE_NOTE_DATE, WATTLE_COMPARE_AT_LEAST, reading->today - NEWS_DAYS);
  notes = wattle_portal_released (reading, &query, WATTLE_PROGRESS_NOTE_PATIENT, error);
  if (notes == NULL || notes->len == 0)
    return notes != NULL;
  entry = wattle_entry_new (notes->pdata[0]);
  entry->title = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u note was shared with you", "%u notes were shared with you", notes->len),
    notes->len);
  g_ptr_array_add (waiting, entry);
  return TRUE;
}

/* How many rows of a type stand at one status, as one row that leads to their place. */
static gboolean
add_counted (WattlePortalReading *reading, GPtrArray *waiting, WattleFieldId owner, WattleFieldId status, int value,
             const char *one, const char *many, GError **error)
{
  WattleQuery query = wattle_query (owner >> 8);
  g_autoptr (GPtrArray) found = NULL;
  WattleEntry *entry;

  wattle_query_where (&query, status, WATTLE_COMPARE_ONE_OF, 1 << value);
  found = wattle_portal_released (reading, &query, owner, error);
  if (found == NULL || found->len == 0)
    return found != NULL;
  entry = wattle_entry_new (found->pdata[0]);
  entry->title = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, one, many, found->len), found->len);
  g_ptr_array_add (waiting, entry);
  return TRUE;
}

static gboolean
add_asked (WattlePortalReading *reading, GPtrArray *waiting, GError **error)
{
  return add_counted (reading, waiting, WATTLE_CONSENT_PATIENT, WATTLE_CONSENT_STATUS, WATTLE_CONSENT_STATUS_ASKED,
                      N_("%u consent is asked of you"), N_("%u consents are asked of you"), error)
         && add_counted (reading, waiting, WATTLE_TASK_PATIENT, WATTLE_TASK_STATUS, WATTLE_TASK_STATUS_OPEN,
                         N_("%u task to do"), N_("%u tasks to do"), error);
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  GPtrArray *waiting;

  if (portal == NULL)
    return NULL;
  greet (&reading, portal);
  waiting = wattle_portal_group (portal, _("For You"), NULL);
  if (!show_next (&reading, portal, error) || !add_asked (&reading, waiting, error)
      || !add_notes (&reading, waiting, error) || !add_invoices (&reading, waiting, error))
    return NULL;
  return g_steal_pointer (&portal);
}

static void
open_row (WattlePortalView *view, WattleEntryRow *row)
{
  WattleRecord *record = wattle_entry_row_record (row);

  wattle_context_open (wattle_view_context (WATTLE_VIEW (view)), wattle_record_type (record)->id,
                       wattle_record_id (record));
}

static void
wattle_portal_today_class_init (WattlePortalTodayClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads =
    WATTLE_TYPE_BIT (WATTLE_RECORD_CONSENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_TASK)
      | WATTLE_TYPE_BIT (WATTLE_RECORD_APPOINTMENT) | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTITIONER)
    | WATTLE_TYPE_BIT (WATTLE_RECORD_LOCATION) | WATTLE_TYPE_BIT (WATTLE_RECORD_INVOICE)
    | WATTLE_TYPE_BIT (WATTLE_RECORD_PROGRESS_NOTE) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT);
  portal_class->read = read_portal;
  portal_class->open = open_row;
  portal_class->icon = "object-select-symbolic";
  portal_class->empty = N_("Nothing Waits for You");
  portal_class->empty_text = N_("No visit is booked, nothing is to be paid or answered. To book a visit, call the "
                                 "practice.");
}

static void
wattle_portal_today_init (WattlePortalToday *self)
{
}
