/* welcome-page.c: first run: connect to a server, or start a practice on this computer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/welcome-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "app/start/server-call.h"
#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/error.h"
#include "schema/enums.h"

struct _WattleWelcomePage
{
  AdwBin parent;
  WattleLocalServer *server;
  GCancellable *cancellable;
  char *url;
  GtkStack *stack;
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
  GtkSpinner *spinner;
  GtkEditable *url_entry;
  GtkEditable *practice_name;
  GtkWidget *to_practice;
  AdwComboRow *place;
  GtkEditable *given;
  GtkEditable *family;
  AdwComboRow *profession;
  GtkEditable *login;
  GtkEditable *password;
  GtkEditable *again;
};

enum
{
  SERVER,
  PRACTICE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleWelcomePage, wattle_welcome_page, ADW_TYPE_BIN)

/* A place decides the wall clock, the public holidays and the medicines law. */
static const struct
{
  const char *label;
  const char *zone;
  const char *state;
} places[] = {
  { N_("Australian Capital Territory"), "Australia/Canberra", "ACT" },
  { N_("New South Wales"), "Australia/Sydney", "NSW" },
  { N_("New South Wales: Broken Hill"), "Australia/Broken_Hill", "NSW" },
  { N_("New South Wales: Lord Howe Island"), "Australia/Lord_Howe", "NSW" },
  { N_("Northern Territory"), "Australia/Darwin", "NT" },
  { N_("Queensland"), "Australia/Brisbane", "QLD" },
  { N_("South Australia"), "Australia/Adelaide", "SA" },
  { N_("Tasmania"), "Australia/Hobart", "TAS" },
  { N_("Victoria"), "Australia/Melbourne", "VIC" },
  { N_("Western Australia"), "Australia/Perth", "WA" },
};

static void
show_problem (WattleWelcomePage *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_revealer), sentence != NULL);
  gtk_revealer_set_reveal_child (self->problem_revealer, sentence != NULL);
}

static void
set_busy (WattleWelcomePage *self, gboolean busy)
{
  wattle_set_busy (GTK_WIDGET (self->stack), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

static void
go_to (WattleWelcomePage *self, const char *page, GtkEditable *first)
{
  show_problem (self, NULL);
  gtk_stack_set_visible_child_name (self->stack, page);
  if (first != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (first));
}

static void
back_cb (WattleWelcomePage *self)
{
  go_to (self, "choose", NULL);
}

static void
connect_page_cb (WattleWelcomePage *self)
{
  go_to (self, "connect", self->url_entry);
}

static void
practice_page_cb (WattleWelcomePage *self)
{
  go_to (self, "practice", self->practice_name);
}

static void
hello_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) hello = wattle_server_call_finish (result, &error);

  set_busy (self, FALSE);
  if (hello == NULL || !wattle_server_is_wattled (hello, &error))
    {
      show_problem (self, error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->url_entry));
      return;
    }
  g_signal_emit (self, signals[SERVER], 0, self->url);
}

static void
connect_cb (WattleWelcomePage *self)
{
  g_autoptr (GError) error = NULL;

  g_free (self->url);
  self->url = wattle_server_url (gtk_editable_get_text (self->url_entry), &error);
  if (self->url == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  show_problem (self, NULL);
  set_busy (self, TRUE);
  wattle_server_call_async (self->url, "GET", "/v1/hello", NULL, self->cancellable, hello_cb, g_object_ref (self));
}

static void
made_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleJson) answer = wattle_server_call_finish (result, &error);
  g_autofree char *login = NULL;
  g_autofree char *password = NULL;

  set_busy (self, FALSE);
  if (answer == NULL)
    {
      show_problem (self, error->message);
      return;
    }
  login = g_strdup (gtk_editable_get_text (self->login));
  password = g_strdup (gtk_editable_get_text (self->password));
  gtk_editable_set_text (self->password, "");
  gtk_editable_set_text (self->again, "");
  g_signal_emit (self, signals[PRACTICE], 0, self->url, login, password);
}

static void
write_practitioner (WattleWelcomePage *self, WattleJsonWriter *writer, int profession)
{
  wattle_json_name (writer, "practitioner");
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "given_names", gtk_editable_get_text (self->given));
  wattle_json_pair_string (writer, "family_name", gtk_editable_get_text (self->family));
  wattle_json_pair_string (writer, "profession", wattle_enum_nick (wattle_enum_find ("profession"), profession));
  wattle_json_pair_boolean (writer, "active", TRUE);
  wattle_json_end_object (writer);
}

static void
write_administrator (WattleWelcomePage *self, WattleJsonWriter *writer)
{
  guint profession = adw_combo_row_get_selected (self->profession);
  g_autofree char *name = g_strdup_printf ("%s %s", gtk_editable_get_text (self->given),
                                           gtk_editable_get_text (self->family));

  wattle_json_name (writer, "administrator");
  wattle_json_begin_object (writer);
  wattle_json_pair_string (writer, "login", gtk_editable_get_text (self->login));
  wattle_json_pair_string (writer, "display_name", name);
  wattle_json_pair_string (writer, "password", gtk_editable_get_text (self->password));
  wattle_json_name (writer, "roles");
  wattle_json_begin_array (writer);
  /* Who sees patients begins with the day, everybody else with what a practice needs first: a manager does all that the
   * desk does.
   */
  if (profession > 0)
    wattle_json_put_string (writer, "clinician");
  wattle_json_put_string (writer, "manager");
  wattle_json_put_string (writer, "administrator");
  wattle_json_end_array (writer);
  if (profession > 0)
    write_practitioner (self, writer, profession - 1);
  wattle_json_end_object (writer);
}

static char *
setup_body (WattleWelcomePage *self, const char *code)
{
  guint place = MIN (adw_combo_row_get_selected (self->place), G_N_ELEMENTS (places) - 1);
  GString *body = g_string_new (NULL);
  WattleJsonWriter writer = wattle_json_writer (body);

  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "code", code);
  wattle_json_name (&writer, "practice");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "name", gtk_editable_get_text (self->practice_name));
  wattle_json_pair_string (&writer, "zone", places[place].zone);
  wattle_json_pair_string (&writer, "state_code", places[place].state);
  wattle_json_end_object (&writer);
  wattle_json_name (&writer, "location");
  wattle_json_begin_object (&writer);
  wattle_json_pair_string (&writer, "name", gtk_editable_get_text (self->practice_name));
  wattle_json_end_object (&writer);
  write_administrator (self, &writer);
  wattle_json_end_object (&writer);
  return g_string_free (body, FALSE);
}

static void
started_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleWelcomePage) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *code = NULL;
  g_autofree char *body = NULL;

  g_free (self->url);
  self->url = wattle_local_server_start_finish (WATTLE_LOCAL_SERVER (source), result, &error);
  if (self->url != NULL)
    code = wattle_local_server_setup_code (self->server, &error);
  if (code == NULL)
    {
      set_busy (self, FALSE);
      show_problem (self, error->message);
      return;
    }
  body = setup_body (self, code);
  wattle_server_call_async (self->url, "POST", "/v1/setup", body, self->cancellable, made_cb, g_object_ref (self));
}

/* What is missing, in the order of the form. */
static const char *
missing (WattleWelcomePage *self, GtkEditable **where)
{
  const struct
  {
    GtkEditable *editable;
    const char *sentence;
  } needed[] = {
    { self->practice_name, _("Give the practice a name.") }, { self->given, _("Give your given names.") },
    { self->family, _("Give your family name.") },           { self->login, _("Choose a name to sign in with.") },
    { self->password, _("Choose a password.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (*gtk_editable_get_text (needed[i].editable) == '\0')
      {
        *where = needed[i].editable;
        return needed[i].sentence;
      }
  *where = self->again;
  return g_str_equal (gtk_editable_get_text (self->password), gtk_editable_get_text (self->again))
           ? NULL
           : _("The two passwords differ.");
}

static void
make_cb (WattleWelcomePage *self)
{
  GtkEditable *where;
  const char *sentence = missing (self, &where);

  show_problem (self, sentence);
  if (sentence != NULL)
    {
      gtk_widget_grab_focus (GTK_WIDGET (where));
      return;
    }
  set_busy (self, TRUE);
  if (self->url != NULL && wattle_local_server_port (self->server) != 0)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *code = wattle_local_server_setup_code (self->server, &error);
      g_autofree char *body = code != NULL ? setup_body (self, code) : NULL;

      if (body != NULL)
        wattle_server_call_async (self->url, "POST", "/v1/setup", body, self->cancellable, made_cb,
                                  g_object_ref (self));
      else
        show_problem (self, error->message);
      set_busy (self, body != NULL);
      return;
    }
  wattle_local_server_start_async (self->server, 0, self->cancellable, started_cb, g_object_ref (self));
}

static void
fill_choices (WattleWelcomePage *self)
{
  g_autoptr (GtkStringList) where = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) what = gtk_string_list_new ((const char *[]){ _("I am not a clinician"), NULL });
  const WattleEnum *professions = wattle_enum_find ("profession");
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  guint chosen = 1;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      gtk_string_list_append (where, _(places[i].label));
      if (g_strcmp0 (places[i].zone, g_time_zone_get_identifier (here)) == 0)
        chosen = i;
    }
  for (guint i = 0; i < professions->n_values; i++)
    gtk_string_list_append (what, _(professions->values[i].label));
  adw_combo_row_set_model (self->place, G_LIST_MODEL (where));
  adw_combo_row_set_selected (self->place, chosen);
  adw_combo_row_set_model (self->profession, G_LIST_MODEL (what));
}

static void
wattle_welcome_page_dispose (GObject *object)
{
  WattleWelcomePage *self = WATTLE_WELCOME_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->server);
  g_clear_pointer (&self->url, g_free);
  G_OBJECT_CLASS (wattle_welcome_page_parent_class)->dispose (object);
}

static void
wattle_welcome_page_class_init (WattleWelcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_welcome_page_dispose;
  signals[SERVER] = g_signal_new ("server", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING);
  signals[PRACTICE] = g_signal_new ("practice", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                    G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/start/welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, problem);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, spinner);
  gtk_widget_class_bind_template_child_full (widget_class, "url", FALSE,
                                             G_STRUCT_OFFSET (WattleWelcomePage, url_entry));
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, practice_name);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, to_practice);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, place);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, given);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, family);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, profession);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, login);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, password);
  gtk_widget_class_bind_template_child (widget_class, WattleWelcomePage, again);
  gtk_widget_class_bind_template_callback (widget_class, back_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_page_cb);
  gtk_widget_class_bind_template_callback (widget_class, practice_page_cb);
  gtk_widget_class_bind_template_callback (widget_class, connect_cb);
  gtk_widget_class_bind_template_callback (widget_class, make_cb);
}

static void
wattle_welcome_page_init (WattleWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  fill_choices (self);
  gtk_widget_set_visible (self->to_practice, wattle_local_server_is_installed ());
  wattle_name_rows (GTK_WIDGET (self));
}

/**
 * wattle_welcome_page_new:
 * @server: starts a practice on this computer
 *
 * Returns: (transfer floating): the page
 */
WattleWelcomePage *
wattle_welcome_page_new (WattleLocalServer *server)
{
  WattleWelcomePage *self = g_object_new (WATTLE_TYPE_WELCOME_PAGE, NULL);

  self->server = g_object_ref (server);
  return self;
}
