/* consent-texts.c: the texts that patients consent to: each version, and writing the next
 *
 * A text in force is never changed: what is written here becomes its next version,
 * and those who agreed to an older one are known to have agreed to that one.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/settings/consent-texts.h"

#include <glib/gi18n-lib.h>

#include "app/widgets/accessible.h"
#include "app/widgets/display.h"
#include "app/widgets/feedback.h"

#define MAX_VERSIONS 200

#define WATTLE_TYPE_CONSENT_TEXTS (wattle_consent_texts_get_type ())
G_DECLARE_FINAL_TYPE (WattleConsentTexts, wattle_consent_texts, WATTLE, CONSENT_TEXTS, AdwWindow)

struct _WattleConsentTexts
{
  AdwWindow parent;
  WattleContext *context;
  GPtrArray *forms; /* WattleRecord of the kind that is shown, the newest first */
  GHashTable *names; /* user: name */
  GCancellable *cancellable;
  gboolean quiet; /* the lists are being filled */
  gboolean leaving; /* what was written may be thrown away */
  GtkDropDown *kind;
  GtkDropDown *version;
  GtkWidget *publish;
  GtkWidget *body;
  GtkLabel *about;
  GtkEditable *subject;
  GtkTextView *text;
};

G_DEFINE_FINAL_TYPE (WattleConsentTexts, wattle_consent_texts, ADW_TYPE_WINDOW)

typedef struct
{
  GPtrArray *forms;
  GHashTable *names;
} Loaded;

static void
loaded_free (gpointer data)
{
  Loaded *self = data;

  g_clear_pointer (&self->forms, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_free (self);
}

static gpointer
read_forms (WattleTransaction *transaction, gpointer arguments, GCancellable *cancellable, GError **error)
{
  WattleReader *reader = wattle_transaction_reader (transaction);
  WattleQuery query = wattle_query (WATTLE_RECORD_CONSENT_FORM);
  Loaded *loaded = g_new0 (Loaded, 1);

  loaded->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  wattle_query_where (&query, WATTLE_CONSENT_FORM_KIND, WATTLE_COMPARE_EQUAL, g_variant_get_uint32 (arguments));
  wattle_query_order_by (&query, WATTLE_CONSENT_FORM_VERSION, TRUE);
  query.limit = MAX_VERSIONS;
  loaded->forms = wattle_reader_query (reader, &query, error);
  for (guint i = 0; loaded->forms != NULL && i < loaded->forms->len; i++)
    {
      const char *id = wattle_record_get_string (loaded->forms->pdata[i], WATTLE_CONSENT_FORM_PUBLISHED_BY);
      g_autoptr (WattleRecord) user = id != NULL ? wattle_reader_get (reader, WATTLE_RECORD_USER, id, NULL) : NULL;

      if (user != NULL)
        g_hash_table_insert (loaded->names, g_strdup (id), wattle_display_title (user));
    }
  if (loaded->forms != NULL)
    return loaded;
  loaded_free (loaded);
  return NULL;
}

static char *
typed_text (WattleConsentTexts *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strchomp (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

static WattleRecord *
shown_form (WattleConsentTexts *self)
{
  guint at = gtk_drop_down_get_selected (self->version);

  return self->forms != NULL && at < self->forms->len ? self->forms->pdata[at] : NULL;
}

/* Whether what stands there differs from the text in force. */
static gboolean
is_changed (WattleConsentTexts *self)
{
  WattleRecord *form = shown_form (self);
  g_autofree char *text = typed_text (self);
  const char *title = gtk_editable_get_text (self->subject);
  const char *old_title = form != NULL ? wattle_record_get_string (form, WATTLE_CONSENT_FORM_TITLE) : "";
  const char *old_text = form != NULL ? wattle_record_get_string (form, WATTLE_CONSENT_FORM_BODY) : "";

  return self->forms != NULL && (form == NULL || form == self->forms->pdata[0])
         && (g_strcmp0 (title, old_title) != 0 || g_strcmp0 (text, old_text) != 0);
}

static void
edited_cb (WattleConsentTexts *self)
{
  g_autofree char *text = NULL;
  gboolean changed;

  if (self->quiet)
    return;
  text = typed_text (self);
  changed = is_changed (self);
  gtk_widget_set_sensitive (self->publish, changed && *text != '\0' && *gtk_editable_get_text (self->subject) != '\0');
  gtk_widget_set_sensitive (GTK_WIDGET (self->kind), !changed);
  gtk_widget_set_sensitive (GTK_WIDGET (self->version), !changed);
}

static char *
describe (WattleConsentTexts *self, WattleRecord *form)
{
  const char *by = wattle_record_get_string (form, WATTLE_CONSENT_FORM_PUBLISHED_BY);
  const char *name = by != NULL ? g_hash_table_lookup (self->names, by) : NULL;
  g_autofree char *at = wattle_display_date_time (wattle_record_get_integer (form, WATTLE_CONSENT_FORM_PUBLISHED_AT),
                                                  wattle_context_zone (self->context));
  g_autofree char *what = form == self->forms->pdata[0]
                            ? g_strdup (_("In force. Change it below and publish the next version."))
                            : g_strdup (_("An older version, kept as it was; it can be read and not changed."));

  if (name != NULL)
    return g_strdup_printf (_("Published %s by %s. %s"), at, name, what);
  return g_strdup_printf (_("Published %s. %s"), at, what);
}

static void
show_form (WattleConsentTexts *self)
{
  WattleRecord *form = shown_form (self);
  gboolean newest = form == NULL || form == self->forms->pdata[0];
  g_autofree char *about = form != NULL ? describe (self, form)
                                        : g_strdup (_("The practice has no text for this yet. Until it has one, nobody "
                                                      "can be asked for it."));
  g_autofree char *verb
    = g_strdup_printf (_("_Publish Version %d"),
                       self->forms->len > 0
                         ? (int) wattle_record_get_integer (self->forms->pdata[0], WATTLE_CONSENT_FORM_VERSION) + 1
                         : 1);

  self->quiet = TRUE;
  gtk_label_set_label (self->about, about);
  gtk_button_set_label (GTK_BUTTON (self->publish), verb);
  gtk_widget_set_visible (self->publish, newest);
  gtk_editable_set_text (self->subject, form != NULL ? wattle_record_get_string (form, WATTLE_CONSENT_FORM_TITLE) : "");
  gtk_editable_set_editable (self->subject, newest);
  gtk_text_view_set_editable (self->text, newest);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text),
                            form != NULL ? wattle_record_get_string (form, WATTLE_CONSENT_FORM_BODY) : "", -1);
  self->quiet = FALSE;
  edited_cb (self);
}

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleConsentTexts *self = owner;
  Loaded *loaded = result;
  g_autoptr (GtkStringList) versions = gtk_string_list_new (NULL);

  if (self->context == NULL)
    return;
  if (error != NULL)
    {
      gtk_label_set_label (self->about, error->message);
      return;
    }
  g_clear_pointer (&self->forms, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  self->forms = g_ptr_array_ref (loaded->forms);
  self->names = g_hash_table_ref (loaded->names);
  for (guint i = 0; i < self->forms->len; i++)
    {
      int number = wattle_record_get_integer (self->forms->pdata[i], WATTLE_CONSENT_FORM_VERSION);
      g_autofree char *label = g_strdup_printf (i == 0 ? _("Version %d, in force") : _("Version %d"), number);

      gtk_string_list_append (versions, label);
    }
  if (self->forms->len == 0)
    gtk_string_list_append (versions, _("No version yet"));
  self->quiet = TRUE;
  gtk_drop_down_set_model (self->version, G_LIST_MODEL (versions));
  self->quiet = FALSE;
  show_form (self);
}

static void
load (WattleConsentTexts *self)
{
  wattle_context_load (self->context, read_forms, g_variant_new_uint32 (gtk_drop_down_get_selected (self->kind)),
                       loaded_free, self->cancellable, self, loaded_cb);
}

static void
kind_cb (WattleConsentTexts *self)
{
  if (self->context != NULL && !self->quiet)
    load (self);
}

static void
version_cb (WattleConsentTexts *self)
{
  if (self->context != NULL && self->forms != NULL && !self->quiet)
    show_form (self);
}

/* What somebody else publishes meanwhile does not take from the screen what is being written. */
static void
changed_cb (WattleContext *context, guint64 types, WattleConsentTexts *self)
{
  if ((types & WATTLE_TYPE_BIT (WATTLE_RECORD_CONSENT_FORM)) != 0 && wattle_context_is_ready (context)
      && !is_changed (self))
    load (self);
}

static void
ready_cb (WattleConsentTexts *self)
{
  if (!wattle_context_is_ready (self->context))
    gtk_window_destroy (GTK_WINDOW (self));
}

static gboolean
published_cb (GtkWidget *widget, const char *operation_id, const GError *error, gpointer data)
{
  WattleConsentTexts *self = WATTLE_CONSENT_TEXTS (widget);

  if (error != NULL)
    return FALSE;
  wattle_toast (self->body, _("Published"));
  load (self);
  return TRUE;
}

static void
publish_now (WattleConsentTexts *self)
{
  g_autoptr (WattleRecord) form = wattle_record_new (WATTLE_RECORD_CONSENT_FORM);
  g_autofree char *text = typed_text (self);
  g_autofree char *json = NULL;
  g_autofree char *args = NULL;

  wattle_record_set_integer (form, WATTLE_CONSENT_FORM_KIND, gtk_drop_down_get_selected (self->kind));
  wattle_record_set_string (form, WATTLE_CONSENT_FORM_TITLE, gtk_editable_get_text (self->subject));
  wattle_record_set_string (form, WATTLE_CONSENT_FORM_BODY, text);
  json = wattle_record_to_json (form);
  args = g_strdup_printf ("{\"form\":%s}", json);
  wattle_perform (GTK_WIDGET (self), self->context, "consent_form.publish", args, published_cb, NULL);
}

static void
publish_cb (WattleConsentTexts *self)
{
  wattle_confirm (GTK_WIDGET (self), _("Publish this version?"),
                  _("It cannot be changed afterwards, only followed by another. Who agreed to an older version did not "
                    "agree to this one and can be asked again."),
                  _("_Publish"), FALSE, G_CALLBACK (publish_now), self);
}

static void
leave (WattleConsentTexts *self)
{
  self->leaving = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
close_request (GtkWindow *window)
{
  WattleConsentTexts *self = WATTLE_CONSENT_TEXTS (window);

  if (self->leaving || !is_changed (self))
    return GTK_WINDOW_CLASS (wattle_consent_texts_parent_class)->close_request (window);
  wattle_confirm (GTK_WIDGET (self), _("Throw away what you wrote?"), _("This text was not published."),
                  _("_Throw Away"), TRUE, G_CALLBACK (leave), self);
  return TRUE;
}

static void
wattle_consent_texts_dispose (GObject *object)
{
  WattleConsentTexts *self = WATTLE_CONSENT_TEXTS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (wattle_consent_texts_parent_class)->dispose (object);
}

static void
wattle_consent_texts_finalize (GObject *object)
{
  WattleConsentTexts *self = WATTLE_CONSENT_TEXTS (object);

  g_clear_pointer (&self->forms, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_hash_table_unref);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (wattle_consent_texts_parent_class)->finalize (object);
}

static void
wattle_consent_texts_class_init (WattleConsentTextsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_consent_texts_dispose;
  G_OBJECT_CLASS (klass)->finalize = wattle_consent_texts_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = close_request;
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/settings/consent-texts.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleConsentTexts, kind);
  gtk_widget_class_bind_template_child (widget_class, WattleConsentTexts, version);
  gtk_widget_class_bind_template_child (widget_class, WattleConsentTexts, publish);
  gtk_widget_class_bind_template_child (widget_class, WattleConsentTexts, body);
  gtk_widget_class_bind_template_child (widget_class, WattleConsentTexts, about);
  gtk_widget_class_bind_template_child (widget_class, WattleConsentTexts, subject);
  gtk_widget_class_bind_template_child (widget_class, WattleConsentTexts, text);
  gtk_widget_class_bind_template_callback (widget_class, kind_cb);
  gtk_widget_class_bind_template_callback (widget_class, version_cb);
  gtk_widget_class_bind_template_callback (widget_class, edited_cb);
  gtk_widget_class_bind_template_callback (widget_class, publish_cb);
}

static void
wattle_consent_texts_init (WattleConsentTexts *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (edited_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * wattle_consent_texts_open:
 * @widget: where the person asked
 * @context: the context
 *
 * Shows the texts of the practice, the kind first that the table of kinds begins with.
 */
void
wattle_consent_texts_open (GtkWidget *widget, WattleContext *context)
{
  WattleConsentTexts *self
    = g_object_new (WATTLE_TYPE_CONSENT_TEXTS, "transient-for", gtk_widget_get_root (widget), NULL);
  g_autoptr (GtkStringList) kinds = gtk_string_list_new (NULL);

  for (guint i = 0; i < WATTLE_N_CONSENT_KIND; i++)
    gtk_string_list_append (kinds, _(wattle_enum_label (wattle_enum_find ("consent_kind"), i)));
  self->quiet = TRUE;
  gtk_drop_down_set_model (self->kind, G_LIST_MODEL (kinds));
  self->quiet = FALSE;
  self->context = g_object_ref (context);
  g_signal_connect_object (context, "changed", G_CALLBACK (changed_cb), self, 0);
  g_signal_connect_object (context, "notify::ready", G_CALLBACK (ready_cb), self, G_CONNECT_SWAPPED);
  load (self);
  gtk_window_present (GTK_WINDOW (self));
}
