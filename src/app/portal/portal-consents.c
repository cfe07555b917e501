/* portal-consents.c: what the patient agreed to, was asked to agree to, and withdrew
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/portal/portal-consents.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/display.h"
#include "app/widgets/feedback.h"
#include "domain/consent.h"

struct _WattlePortalConsents
{
  WattlePortalView parent;
};

G_DEFINE_FINAL_TYPE (WattlePortalConsents, wattle_portal_consents, WATTLE_TYPE_PORTAL_VIEW)

/* A text that is read, and what answers it. */
typedef struct
{
  WattlePortalView *view; /* outlives the window, which is destroyed with that of the view */
  GtkWindow *window;
  char *patient;
  char *form;
  char *consent; /* (nullable): id of what was asked or answered before */
  gint64 status; /* of that, or -1 */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *self = data;

  g_free (self->patient);
  g_free (self->form);
  g_free (self->consent);
  g_free (self);
}

static const struct
{
  const char *heading; /* untranslated */
  const char *text;    /* untranslated */
} groups[WATTLE_N_CONSENT_STATUS] = {
  [WATTLE_CONSENT_STATUS_ASKED] = { N_("Your Practice Asks You"), N_("Read each text, then say whether you agree.") },
  [WATTLE_CONSENT_STATUS_GIVEN] = { N_("You Agreed"), N_("You can withdraw at any time.") },
  [WATTLE_CONSENT_STATUS_DECLINED] = { N_("You Did Not Agree"), NULL },
  [WATTLE_CONSENT_STATUS_WITHDRAWN] = { N_("You Withdrew"), NULL },
};

static WattleRecord *
form_of (WattleReader *reader, WattleRecord *consent)
{
  return wattle_reader_get (reader, WATTLE_RECORD_CONSENT_FORM, wattle_record_get_string (consent, WATTLE_CONSENT_FORM),
                            NULL);
}

static WattleEntry *
entry_of (WattlePortalReading *reading, WattleRecord *consent)
{
  WattleEntry *entry = wattle_entry_new (consent);
  g_autoptr (WattleRecord) form = form_of (reading->reader, consent);
  WattleFieldId moment = wattle_record_has (consent, WATTLE_CONSENT_WITHDRAWN_AT)  ? WATTLE_CONSENT_WITHDRAWN_AT
                         : wattle_record_has (consent, WATTLE_CONSENT_ANSWERED_AT) ? WATTLE_CONSENT_ANSWERED_AT
                                                                                   : WATTLE_CONSENT_ASKED_AT;
  g_autofree char *when = wattle_display_date_time (wattle_record_get_integer (consent, moment), reading->zone);

  entry->title = form != NULL ? g_strdup (wattle_record_get_string (form, WATTLE_CONSENT_FORM_TITLE))
                              : wattle_display_value (consent, WATTLE_CONSENT_KIND);
  entry->subtitle =
    g_strdup_printf (_("Version %d · %s"), (int) wattle_record_get_integer (consent, WATTLE_CONSENT_VERSION), when);
  entry->status = (int) wattle_record_get_integer (consent, WATTLE_CONSENT_STATUS);
  return entry;
}

/* A text in force about which nothing was asked or said yet can be answered without being asked. */
static gboolean
is_answered (GPtrArray *consents, WattleRecord *form)
{
  for (guint i = 0; i < consents->len; i++)
    if (g_strcmp0 (wattle_record_get_string (consents->pdata[i], WATTLE_CONSENT_FORM), wattle_record_id (form)) == 0)
      return TRUE;
  return FALSE;
}

static void
add_other_texts (WattlePortalReading *reading, WattlePortal *portal, GPtrArray *consents)
{
  GPtrArray *group = wattle_portal_group (portal, _("Other Texts"), NULL);

  for (int kind = 0; kind < WATTLE_N_CONSENT_KIND; kind++)
    {
      g_autoptr (WattleRecord) form = wattle_consent_form (reading->reader, kind);
      WattleEntry *entry;

      if (form == NULL || is_answered (consents, form))
        continue;
      entry = wattle_entry_new (form);
      entry->title = g_strdup (wattle_record_get_string (form, WATTLE_CONSENT_FORM_TITLE));
      entry->subtitle = g_strdup_printf (_("Version %d · not answered"),
                                         (int) wattle_record_get_integer (form, WATTLE_CONSENT_FORM_VERSION));
      g_ptr_array_add (group, entry);
    }
}

static gpointer
read_portal (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleQuery query = wattle_query (WATTLE_RECORD_CONSENT);
  WattlePortalReading reading;
  g_autoptr (WattlePortal) portal = wattle_portal_begin (&reading, transaction, arguments, error);
  g_autoptr (GPtrArray) consents = NULL;

  if (portal == NULL)
    return NULL;
  consents = wattle_portal_released (&reading, &query, WATTLE_CONSENT_PATIENT, error);
  if (consents == NULL)
    return NULL;
  for (guint g = 0; g < G_N_ELEMENTS (groups); g++)
    {
      GPtrArray *group
        = wattle_portal_group (portal, _(groups[g].heading), groups[g].text != NULL ? _(groups[g].text) : NULL);

      for (guint i = consents->len; i-- > 0;)
        if (wattle_record_get_integer (consents->pdata[i], WATTLE_CONSENT_STATUS) == g)
          g_ptr_array_add (group, entry_of (&reading, consents->pdata[i]));
    }
  add_other_texts (&reading, portal, consents);
  return g_steal_pointer (&portal);
}

static gpointer
read_form (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  return wattle_reader_get (wattle_transaction_reader (transaction), WATTLE_RECORD_CONSENT_FORM,
                            g_variant_get_string (arguments, NULL), error);
}

static void
answer (Reading *self, const char *operation)
{
  gboolean withdraws = g_str_equal (operation, "consent.withdraw");
  g_autofree char *args = withdraws
                            ? g_strdup_printf ("{\"id\":\"%s\"}", self->consent)
                            : g_strdup_printf ("{\"patient\":\"%s\",\"form\":\"%s\"}", self->patient, self->form);

  wattle_perform (GTK_WIDGET (self->view), wattle_view_context (WATTLE_VIEW (self->view)), operation, args, NULL, NULL);
  gtk_window_close (self->window);
}

static void
agree_cb (Reading *self)
{
  answer (self, "consent.give");
}

static void
refuse_cb (Reading *self)
{
  answer (self, self->status == WATTLE_CONSENT_STATUS_GIVEN ? "consent.withdraw" : "consent.decline");
}

static void
form_cb (gpointer owner, gpointer result, const GError *error)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/au/wattle/Wattle/portal/portal-consent.ui");
  WattleContext *context = wattle_view_context (owner);
  WattleRecord *opened = g_object_get_data (owner, "opened");
  WattleRecord *form = result;
  gboolean asked = wattle_record_type (opened)->id == WATTLE_RECORD_CONSENT;
  g_autofree char *since = NULL;
  g_autofree char *version = NULL;
  Reading *self;
  GtkWidget *agree = GTK_WIDGET (gtk_builder_get_object (builder, "agree"));
  GtkWidget *refuse = GTK_WIDGET (gtk_builder_get_object (builder, "refuse"));

  if (error != NULL)
    {
      wattle_show_error (owner, error);
      return;
    }
  self = g_new0 (Reading, 1);
  self->view = owner;
  self->window = GTK_WINDOW (gtk_builder_get_object (builder, "window"));
  self->patient = g_strdup (wattle_context_actor (context)->patient);
  self->form = g_strdup (wattle_record_id (form));
  self->consent = asked ? g_strdup (wattle_record_id (opened)) : NULL;
  self->status = asked ? wattle_record_get_integer (opened, WATTLE_CONSENT_STATUS) : -1;
  g_object_set_data_full (G_OBJECT (self->window), "reading", self, reading_free);
  gtk_window_set_title (self->window, wattle_record_get_string (form, WATTLE_CONSENT_FORM_TITLE));
  since = wattle_display_date_time (wattle_record_get_integer (form, WATTLE_CONSENT_FORM_PUBLISHED_AT),
                                    wattle_context_zone (context));
  version = g_strdup_printf (_("Version %d, of %s"),
                             (int) wattle_record_get_integer (form, WATTLE_CONSENT_FORM_VERSION), since);
  gtk_label_set_label (GTK_LABEL (gtk_builder_get_object (builder, "version")), version);
  gtk_label_set_label (GTK_LABEL (gtk_builder_get_object (builder, "text")),
                       wattle_record_get_string (form, WATTLE_CONSENT_FORM_BODY));
  gtk_widget_set_visible (agree, self->status != WATTLE_CONSENT_STATUS_GIVEN);
  gtk_widget_set_visible (refuse, self->status <= WATTLE_CONSENT_STATUS_GIVEN);
  gtk_button_set_label (GTK_BUTTON (refuse), self->status == WATTLE_CONSENT_STATUS_GIVEN ? _("_Withdraw My Consent")
                                                                                         : _("I Do _Not Agree"));
  g_signal_connect_swapped (agree, "clicked", G_CALLBACK (agree_cb), self);
  g_signal_connect_swapped (refuse, "clicked", G_CALLBACK (refuse_cb), self);
  gtk_window_set_transient_for (self->window, GTK_WINDOW (gtk_widget_get_root (owner)));
  gtk_window_present (self->window);
}

static void
open_row (WattlePortalView *view, WattleEntryRow *row)
{
  WattleRecord *opened = wattle_entry_row_record (row);
  const char *form = wattle_record_type (opened)->id == WATTLE_RECORD_CONSENT
                       ? wattle_record_get_string (opened, WATTLE_CONSENT_FORM)
                       : wattle_record_id (opened);

  g_object_set_data_full (G_OBJECT (view), "opened", g_object_ref (opened), g_object_unref);
  wattle_view_load (WATTLE_VIEW (view), read_form, g_variant_new_string (form), g_object_unref, form_cb);
}

static void
wattle_portal_consents_class_init (WattlePortalConsentsClass *klass)
{
  WattlePortalViewClass *portal_class = WATTLE_PORTAL_VIEW_CLASS (klass);

  WATTLE_VIEW_CLASS (klass)->reads = WATTLE_TYPE_BIT (WATTLE_RECORD_CONSENT)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_CONSENT_FORM)
                                     | WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT);
  portal_class->read = read_portal;
  portal_class->open = open_row;
  portal_class->icon = "security-high-symbolic";
  portal_class->empty = N_("No Consents");
  portal_class->empty_text = N_("When your practice asks for your consent, to a recording perhaps, it stands here.");
  portal_class->type = WATTLE_RECORD_CONSENT;
}

static void
wattle_portal_consents_init (WattlePortalConsents *self)
{
}
