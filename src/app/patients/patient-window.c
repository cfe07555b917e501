/* patient-window.c: a window for one patient, so that two charts never mix
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/patient-window.h"

#include <glib/gi18n-lib.h>

#include "app/access/emergency-bar.h"
#include "app/access/opening.h"
#include "app/access/trail-window.h"
#include "app/outbox/sync-button.h"
#include "app/patients/chart-page.h"
#include "app/patients/chart-pages.h"
#include "app/place-row.h"
#include "app/widgets/feedback.h"
#include "base/civil-text.h"
#include "domain/naming.h"
#include "domain/policy.h"

struct _WattlePatientWindow
{
  AdwApplicationWindow parent;
  WattleContext *context;
  char *patient_id;
  gboolean told; /* the audit trail, that it is open */
  GCancellable *cancellable;
  AdwWindowTitle *title;
  AdwWindowTitle *page_title;
  GtkWidget *flap_button;
  AdwFlap *flap;
  GtkListBox *places;
  GtkStack *pages;
  GtkLabel *identity;
  GtkLabel *interpreter;
  GtkLabel *status;
  GtkRevealer *alert;
  GtkLabel *alert_text;
  WattleSyncButton *sync;
  WattleEmergencyBar *emergency;
  gboolean narrow; /* the list of pages is folded, and the header says less */
  guint folding;
};

enum
{
  PROP_NARROW = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WattlePatientWindow, wattle_patient_window, ADW_TYPE_APPLICATION_WINDOW)

static WattleChartPage *
current_page (WattlePatientWindow *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (self->pages);

  return child != NULL ? WATTLE_CHART_PAGE (child) : NULL;
}

static WattlePlaceRow *
row_of (WattlePatientWindow *self, const char *id)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->places, i)) != NULL; i++)
    if (g_strcmp0 (wattle_place_row_place (WATTLE_PLACE_ROW (row))->id, id) == 0)
      return WATTLE_PLACE_ROW (row);
  return NULL;
}

static void
show_place (WattlePatientWindow *self, const WattlePlace *place)
{
  GtkWidget *page = gtk_stack_get_child_by_name (self->pages, place->id);

  if (page == NULL)
    {
      page = g_object_new (place->type (), "context", self->context, "patient-id", self->patient_id, NULL);
      gtk_stack_add_named (self->pages, page, place->id);
    }
  gtk_stack_set_visible_child (self->pages, page);
  adw_window_title_set_title (self->page_title, _(place->title));
  gtk_list_box_select_row (self->places, GTK_LIST_BOX_ROW (row_of (self, place->id)));
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

static void
show_identity (WattlePatientWindow *self, WattleRecord *patient)
{
  const char *pronouns = wattle_record_get_string (patient, WATTLE_PATIENT_PRONOUNS);
  g_autofree char *medicare = wattle_medicare_display (patient);
  GString *text = g_string_new (NULL);

  if (wattle_record_has (patient, WATTLE_PATIENT_BIRTH_DATE))
    {
      gint64 born = wattle_record_get_integer (patient, WATTLE_PATIENT_BIRTH_DATE);
      g_autofree char *date = wattle_date_display (born);
      g_autofree char *age = wattle_age_display (born, wattle_context_today (self->context));

      g_string_append_printf (text, _("%s · born %s"), age, date);
    }
  else
    g_string_append (text, _("Date of birth not known"));
  if (pronouns != NULL)
    g_string_append_printf (text, " · %s", pronouns);
  if (*medicare != '\0')
    g_string_append_printf (text, _(" · Medicare %s"), medicare);
  else
    g_string_append (text, _(" · no Medicare number"));
  gtk_label_set_label (self->identity, text->str);
  g_string_free (text, TRUE);
}

static void
show_flags (WattlePatientWindow *self, WattleRecord *patient)
{
  const char *language = wattle_record_get_string (patient, WATTLE_PATIENT_LANGUAGE);
  const char *alert = wattle_record_get_string (patient, WATTLE_PATIENT_ALERT);
  int status = wattle_record_get_integer (patient, WATTLE_PATIENT_STATUS);
  g_autofree char *interpreter = language != NULL ? g_strdup_printf (_("Interpreter needed: %s"), language)
                                                  : g_strdup (_("Interpreter needed"));

  gtk_label_set_label (self->interpreter, interpreter);
  gtk_widget_set_visible (GTK_WIDGET (self->interpreter),
                          wattle_record_get_boolean (patient, WATTLE_PATIENT_INTERPRETER_NEEDED));
  gtk_label_set_label (self->status, _(wattle_enum_label (wattle_enum_find ("patient_status"), status)));
  gtk_widget_set_visible (GTK_WIDGET (self->status), status != WATTLE_PATIENT_STATUS_ACTIVE);
  gtk_label_set_label (self->alert_text, alert != NULL ? alert : "");
  gtk_revealer_set_reveal_child (self->alert, alert != NULL && *alert != '\0');
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattlePatientWindow *self = owner;
  WattleChart *chart = result;
  g_autofree char *name = NULL;

  if (error != NULL || chart->patient == NULL)
    {
      adw_window_title_set_title (self->title, _("Not Among Your Records"));
      gtk_label_set_label (self->identity, error != NULL
                                             ? error->message
                                             : _("This patient was removed, or your role may not see the chart."));
      return;
    }
  if (!self->told)
    wattle_tell_opened (self->context, self->patient_id, WATTLE_RECORD_PATIENT, NULL);
  self->told = TRUE;
  name = wattle_patient_display_name (chart->patient);
  adw_window_title_set_title (self->title, name);
  gtk_window_set_title (GTK_WINDOW (self), name);
  show_identity (self, chart->patient);
  show_flags (self, chart->patient);
}

static void
load (WattlePatientWindow *self)
{
  if (!wattle_context_is_ready (self->context))
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  wattle_context_load (self->context, wattle_chart_read, wattle_chart_arguments (self->context, self->patient_id, 0),
                       (GDestroyNotify) wattle_chart_free, self->cancellable, self, loaded_cb);
}

static void
changed_cb (WattleContext *context, guint64 types, WattlePatientWindow *self)
{
  if ((types & WATTLE_TYPE_BIT (WATTLE_RECORD_PATIENT)) != 0)
    load (self);
}

/* A role that may not see a part of the chart has no row for it. */
static void
show_places (WattlePatientWindow *self)
{
  const WattleActor *actor = wattle_context_actor (self->context);
  guint n_places;
  const WattlePlace *all = wattle_chart_pages (&n_places);
  guint role = actor != NULL && actor->role >= 0 ? WATTLE_ROLE_BIT (actor->role) : 0;

  for (guint i = 0; i < n_places; i++)
    if ((all[i].roles & role) != 0)
      gtk_list_box_append (self->places, wattle_place_row_new (&all[i]));
}

static void
ready_cb (WattleContext *context, GParamSpec *pspec, WattlePatientWindow *self)
{
  /* Who unlocks looks at it anew. */
  self->told = FALSE;
  load (self);
}

static void
place_activated_cb (WattlePatientWindow *self, GtkListBoxRow *row)
{
  show_place (self, wattle_place_row_place (WATTLE_PLACE_ROW (row)));
}

static void
place_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (widget);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->places, g_variant_get_int32 (parameter) - 1);

  if (row != NULL && wattle_context_is_ready (self->context))
    place_activated_cb (self, row);
}

static void
show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_patient_window_show_page (WATTLE_PATIENT_WINDOW (widget), g_variant_get_string (parameter, NULL), 0, NULL);
}

static void
new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (widget);

  if (wattle_context_is_ready (self->context) && wattle_patient_window_show_page (self, "notes", 0, NULL))
    wattle_view_create (WATTLE_VIEW (current_page (self)));
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (widget);
  WattleChartPage *page = current_page (self);

  if (page == NULL || !wattle_context_is_ready (self->context) || wattle_chart_page_edit (page))
    return;
  if (wattle_patient_window_show_page (self, "details", 0, NULL))
    wattle_chart_page_edit (current_page (self));
}

static void
print_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattleChartPage *page = current_page (WATTLE_PATIENT_WINDOW (widget));

  if (page != NULL && !wattle_chart_page_print (page))
    wattle_toast (GTK_WIDGET (page), _("Open an invoice, a prescription or a document to print it"));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (widget);
  WattleChartPage *page = current_page (self);

  if (adw_flap_get_folded (self->flap) && adw_flap_get_reveal_flap (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
  else if (page != NULL)
    wattle_chart_page_back (page);
}

static void
book_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (widget);

  if (!gtk_widget_activate_action (widget, "app.book", "s", self->patient_id))
    wattle_toast (GTK_WIDGET (self->pages), _("Booking is not at hand here; open the Schedule"));
}

static void
trail_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (widget);

  if (wattle_context_is_ready (self->context))
    wattle_trail_window_open (widget, self->context, self->patient_id);
}

static void
lock_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wattle_context_lock (WATTLE_PATIENT_WINDOW (widget)->context);
}

static gboolean
fold_cb (gpointer data)
{
  WattlePatientWindow *self = data;

  self->folding = 0;
  if (self->narrow != adw_flap_get_folded (self->flap))
    {
      self->narrow = !self->narrow;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
    }
  return G_SOURCE_REMOVE;
}

/* Told in the middle of a layout, when nothing may change that is laid out already. */
static void
folded_cb (WattlePatientWindow *self)
{
  if (self->folding == 0)
    self->folding = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fold_cb, self, NULL);
}

static void
wattle_patient_window_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  if (property == PROP_NARROW)
    g_value_set_boolean (value, WATTLE_PATIENT_WINDOW (object)->narrow);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
wattle_patient_window_dispose (GObject *object)
{
  WattlePatientWindow *self = WATTLE_PATIENT_WINDOW (object);

  g_clear_handle_id (&self->folding, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_patient_window_parent_class)->dispose (object);
}

static void
wattle_patient_window_finalize (GObject *object)
{
  g_free (WATTLE_PATIENT_WINDOW (object)->patient_id);
  G_OBJECT_CLASS (wattle_patient_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/patients/patient-window.ui");
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, title);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, flap_button);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, places);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, identity);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, interpreter);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, status);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, alert);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, alert_text);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, sync);
  gtk_widget_class_bind_template_child (widget_class, WattlePatientWindow, emergency);
  gtk_widget_class_bind_template_callback (widget_class, place_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
}

static void
wattle_patient_window_class_init (WattlePatientWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_patient_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_patient_window_finalize;
  G_OBJECT_CLASS (klass)->get_property = wattle_patient_window_get_property;
  properties[PROP_NARROW] =
    g_param_spec_boolean ("narrow", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPERTIES, properties);
  g_type_ensure (WATTLE_TYPE_SYNC_BUTTON);
  g_type_ensure (WATTLE_TYPE_EMERGENCY_BAR);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "win.place", "i", place_action);
  gtk_widget_class_install_action (widget_class, "win.show", "s", show_action);
  gtk_widget_class_install_action (widget_class, "win.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "win.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "win.print", NULL, print_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.book", NULL, book_action);
  gtk_widget_class_install_action (widget_class, "win.trail", NULL, trail_action);
  gtk_widget_class_install_action (widget_class, "win.lock", NULL, lock_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "win.edit", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "win.print", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, GDK_CONTROL_MASK, "win.book", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);
}

static void
wattle_patient_window_init (WattlePatientWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
}

/**
 * wattle_patient_window_new:
 * @context: what every view is given
 * @patient_id: whose
 *
 * Returns: (transfer none): the window, owned by the toolkit
 */
WattlePatientWindow *
wattle_patient_window_new (WattleContext *context, const char *patient_id)
{
  WattlePatientWindow *self = g_object_new (WATTLE_TYPE_PATIENT_WINDOW, NULL);

  self->context = g_object_ref (context);
  self->patient_id = g_strdup (patient_id);
  wattle_sync_button_set_context (self->sync, context);
  wattle_emergency_bar_follow (self->emergency, context, patient_id);
  g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.trail", wattle_context_may (context, "GET /v1/audit"));
  show_places (self);
  load (self);
  wattle_patient_window_show_page (self, "summary", 0, NULL);
  return self;
}

/**
 * wattle_patient_window_open:
 * @application: the application
 * @context: what every view is given
 * @patient_id: whose
 *
 * Shows the chart in its own window; the one that is open already comes to the front.
 *
 * Returns: (transfer none): the window
 */
WattlePatientWindow *
wattle_patient_window_open (GtkApplication *application, WattleContext *context, const char *patient_id)
{
  WattlePatientWindow *self = NULL;

  for (GList *l = gtk_application_get_windows (application); l != NULL && self == NULL; l = l->next)
    if (WATTLE_IS_PATIENT_WINDOW (l->data)
        && g_str_equal (wattle_patient_window_patient_id (WATTLE_PATIENT_WINDOW (l->data)), patient_id))
      self = WATTLE_PATIENT_WINDOW (l->data);
  if (self == NULL)
    {
      self = wattle_patient_window_new (context, patient_id);
      gtk_window_set_application (GTK_WINDOW (self), application);
    }
  gtk_window_present (GTK_WINDOW (self));
  return self;
}

/**
 * wattle_patient_window_patient_id:
 * @self: the window
 *
 * Returns: whose it is
 */
const char *
wattle_patient_window_patient_id (WattlePatientWindow *self)
{
  return self->patient_id;
}

/**
 * wattle_patient_window_show_page:
 * @self: the window
 * @page: id of a page, such as "notes"
 * @type: type of a record to show there
 * @record_id: (nullable): its id; the page alone without one
 *
 * Returns: whether the person's role has that page
 */
gboolean
wattle_patient_window_show_page (WattlePatientWindow *self,
                                 const char *page,
                                 WattleRecordType type,
                                 const char *record_id)
{
  WattlePlaceRow *row = row_of (self, page);

  if (row == NULL)
    return FALSE;
  show_place (self, wattle_place_row_place (row));
  if (record_id != NULL)
    wattle_view_reveal (WATTLE_VIEW (current_page (self)), type, record_id);
  return TRUE;
}
