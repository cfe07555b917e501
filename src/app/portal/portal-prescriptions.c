/* portal-prescriptions.c: what was prescribed for the patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-prescriptions.h"

#include <glib/gi18n-lib.h>

#include "base/civil-text.h"

struct _WattlePortalPrescriptions
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalPrescriptions, wattle_portal_prescriptions, WATTLE_TYPE_PORTAL_VIEW)

static char *
medicine_of (WattleRecord *line)
{
  GString *name = g_string_new (wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_ACTIVE_INGREDIENT));
  const char *strength = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_STRENGTH);
  const char *form = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_FORM);
  const char *brand = wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_BRAND);

  if (strength != NULL)
    g_string_append_printf (name, " %s", strength);
  if (form != NULL)
    g_string_append_printf (name, " %s", form);
  if (brand != NULL)
    g_string_append_printf (name, " (%s)", brand);
  return g_string_free (name, FALSE);
}

/* One medicine, in the words of its prescription. */
static WattleEntry *
entry_of (WattlePortalReading *reading, WattleRecord *prescription, WattleRecord *line)
{
  WattleEntry *entry = wattle_entry_new (line);
  guint repeats = (guint) wattle_record_get_integer (line, WATTLE_PRESCRIPTION_LINE_REPEATS);
  g_autofree char *date =
    wattle_date_display (wattle_record_get_integer (prescription, WATTLE_PRESCRIPTION_PRESCRIBED_DATE));
  g_autofree char *who =
    wattle_portal_name (reading, wattle_record_get_string (prescription, WATTLE_PRESCRIPTION_PRESCRIBER));
  g_autofree char *again =
    repeats > 0 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u repeat", "%u repeats", repeats), repeats)
                : g_strdup (_("No repeats"));

  entry->title = medicine_of (line);
  entry->subtitle =
    g_strdup_printf ("%s\n%s · %s%s%s", wattle_record_get_string (line, WATTLE_PRESCRIPTION_LINE_DIRECTIONS), again,
                     date, who != NULL ? " · " : "", who != NULL ? who : "");
  return entry;
}

static gboolean
add_lines (WattlePortalReading *reading, WattleRecord *prescription, GPtrArray *group, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRESCRIPTION_LINE);
  g_autoptr (GPtrArray) lines = NULL;

  wattle_query_where_text (&query, WATTLE_PRESCRIPTION_LINE_PRESCRIPTION, wattle_record_id (prescription));
  lines = wattle_reader_query (reading->reader, &query, error);
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    g_ptr_array_add (group, entry_of (reading, prescription, lines->pdata[i]));
  return lines != NULL;
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_PRESCRIPTION);
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  g_autoptr (GPtrArray) prescriptions = NULL;
  GPtrArray *signed_ones;
  GPtrArray *withdrawn;

  if (portal == NULL)
    return NULL;
  wattle_query_order_by (&query, WATTLE_PRESCRIPTION_PRESCRIBED_DATE, TRUE);
  prescriptions = wattle_portal_released (&reading, &query, WATTLE_PRESCRIPTION_PATIENT, error);
  if (prescriptions == NULL)
    return NULL;
  signed_ones = wattle_portal_group (portal, _("Prescribed for You"),
                                     _("This is a list to read. The pharmacy needs the prescription itself, which you "
                                        "get from the practice."));
  withdrawn = wattle_portal_group (portal, _("Withdrawn"), _("Do not use these prescriptions any more."));
  for (guint i = 0; i < prescriptions->len; i++)
    if (!add_lines (&reading, prescriptions->pdata[i],
                    wattle_record_get_integer (prescriptions->pdata[i], WATTLE_PRESCRIPTION_STATUS)
                        == WATTLE_PRESCRIPTION_STATUS_CANCELLED
                      ? withdrawn
                      : signed_ones,
                    error))
      return NULL;
  return g_steal_pointer (&portal);
}

static void
wattle_portal_prescriptions_class_init (WattlePortalPrescriptionsClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads =
    WATTLE_TYPE_BIT (WATTLE_RECORD_PRESCRIPTION) | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)
    | WATTLE_TYPE_BIT (WATTLE_RECORD_PRESCRIPTION_LINE) | WATTLE_TYPE_BIT (WATTLE_RECORD_PRACTITIONER);
  portal_class->read = read_portal;
  portal_class->icon = "x-office-document-symbolic";
  portal_class->empty = N_("No Prescriptions");
  portal_class->empty_text = N_("What your clinicians prescribe for you stands here, with how to take it.");
  portal_class->type = WATTLE_RECORD_PRESCRIPTION;
}

static void
wattle_portal_prescriptions_init (WattlePortalPrescriptions *self)
{
}
