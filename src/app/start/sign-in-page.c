/* sign-in-page.c: name and password, second factor, approval, and the lock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/start/sign-in-page.h"

#include <glib/gi18n-lib.h>

#include "app/settings/second-factor-dialog.h"
#include "app/start/accept-dialog.h"
#include "app/start/server-call.h"
#include "app/widgets/accessible.h"
#include "app/widgets/feedback.h"
#include "base/error.h"

typedef enum
{
  SIGN_IN,
  CODE,
  OLD_PASSWORD,
  UNLOCK,
  PENDING,
  KEYRING_LOCKED,
  NO_KEYRING,
  KEYRING_AWAY,
  KEY_LOST,
  DAMAGED,
  REVOKED,
  FACTOR,
  PROVIDER,
  BROWSER,
} Step;

/* So many wrong passwords at the lock, and whoever it is signs in again: there the server slows a guesser down. */
#define MAX_WRONG 5

/* What each step says and shows; a sentence that the server or the keyring gave stands above them. */
static const struct
{
  const char *title;
  const char *explanation;
  const char *page;
  const char *button;
} steps[] = {
  [SIGN_IN] = { N_("Welcome"), N_("Sign in to your practice."), "password", N_("_Sign In") },
  [CODE] = { N_("One More Step"), N_("Type the code that your authenticator app shows now, or a recovery code."),
             "code", N_("_Continue") },
  [OLD_PASSWORD] = { N_("New Password"), N_("What is saved on this computer still opens with the password before."),
                     "old", N_("_Open") },
  [UNLOCK] = { N_("Locked"), N_("Nobody can read anything here until you give your password."), "password",
               N_("_Unlock") },
  [PENDING] = { N_("Waiting for Approval"),
                N_("This computer is new to the practice. An administrator approves it under Settings, Devices, "
                    "and asks you to read out what stands below."),
                "pending", N_("_Check Again") },
  [KEYRING_LOCKED] = { N_("The Keyring Is Locked"),
                       N_(
                         "The key of what is saved here lies in the keyring of this desktop. Unlock the keyring, then "
                         "try again. Nothing is lost."),
                       "none", N_("_Try Again") },
  [NO_KEYRING] = { N_("No Keyring Here"),
                   N_("Wattle keeps half of the key to your records in the keyring of the desktop, and this computer "
                       "shows none."),
                   "none", N_("_Try Again") },
  [KEYRING_AWAY] = { N_("The Keyring Is Away"),
                     N_("What is saved here opens with a key that lies in a keyring of this desktop, and none answers "
                        "now."),
                     "none", N_("_Try Again") },
  [FACTOR] = { N_("A Second Factor Is Wanted"),
               N_("The practice asks everybody on the staff for a code from an authenticator app. Set yours up to go "
                   "on; you need your phone."),
               "none", N_("_Set It Up…") },
  [PROVIDER] = { N_("A Passphrase for This Computer"),
                 N_("It opens what Wattle saves here, also while there is no network. The first time you choose it; "
                     "after that you type the same again. Your browser does the rest."),
                 "password", N_("_Continue in the Browser") },
  [BROWSER] = { N_("Go On in Your Browser"),
                N_("A page is open there on which you sign in. When that is done, you go on here."), "none",
                N_("_Cancel") },
  [KEY_LOST] = { N_("The Key Is Gone"),
                 N_("What is saved on this computer can no longer be opened. It is set aside, not deleted. "
                     "Sign in to fetch everything from the server again."),
                 "password", N_("_Sign In and Fetch Again") },
  [DAMAGED] = { N_("Damaged Files"),
                N_("Begin anew, and what is saved here is set aside, not deleted, and everything the server has is "
                   "fetched again. Changes that were not sent yet stay in what is set aside."),
                "password", N_("_Set Aside and Fetch Again") },
  [REVOKED] = { N_("This Computer Was Revoked"),
                N_("The practice refuses it. What is saved here is set aside, sealed, not deleted. Sign in once more "
                   "to enrol it as a new computer and fetch everything again."),
                "password", N_("_Sign In as a New Computer") },
};

struct _WattleSignInPage
{
  AdwBin parent;
  WattleContext *context;
  WattleClient *client;
  Step step;
  gboolean busy;
  gboolean afresh;  /* what is saved here is set aside */
  gboolean waiting; /* for the server on this computer */
  gboolean with_provider;
  gboolean has_provider;
  GCancellable *cancellable; /* of the way through the browser */
  char *person;
  GtkWidget *provider;
  GtkLabel *title;
  GtkLabel *explanation;
  GtkStack *stack;
  GtkEditable *login;
  GtkEditable *password;
  GtkEditable *code;
  GtkEditable *enrolment;
  GtkWidget *has_code;
  GtkWidget *invited;
  GtkEditable *old_password;
  GtkLabel *fingerprint;
  GtkWidget *forgotten;
  GtkWidget *alone;
  guint wrong; /* passwords at the lock in a row */
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
  GtkButton *go;
  GtkSpinner *spinner;
  GtkLabel *status;
  GtkWidget *other_person;
  GtkWidget *other_server;
};

enum
{
  OTHER_SERVER,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WattleSignInPage, wattle_sign_in_page, ADW_TYPE_BIN)

static void
show_problem (WattleSignInPage *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_revealer), text != NULL);
  gtk_revealer_set_reveal_child (self->problem_revealer, text != NULL);
}

static void
focus (WattleSignInPage *self)
{
  GtkEditable *editable = self->password;

  if (self->step == CODE)
    editable = self->code;
  else if (self->step == OLD_PASSWORD)
    editable = self->old_password;
  else if (*gtk_editable_get_text (self->login) == '\0')
    editable = self->login;
  gtk_widget_grab_focus (self->step == BROWSER ? GTK_WIDGET (self->go) : GTK_WIDGET (editable));
}

static void
set_step (WattleSignInPage *self, Step step)
{
  g_autofree char *last = g_settings_get_string (wattle_context_settings (self->context), "last-login");

  g_autofree char *fingerprint =
    step == PENDING && self->client != NULL ? wattle_client_fingerprint (self->client) : NULL;

  self->step = step;
  if (step == SIGN_IN)
    self->with_provider = FALSE;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password),
                                 self->with_provider ? _("Passphrase of this computer") : _("Password"));
  gtk_widget_set_visible (self->provider, step == SIGN_IN && self->has_provider);
  gtk_label_set_label (self->fingerprint, fingerprint != NULL ? fingerprint : "");
  gtk_widget_set_visible (self->alone, step == NO_KEYRING);
  gtk_label_set_label (self->title, _(steps[step].title));
  gtk_label_set_label (self->explanation, _(steps[step].explanation));
  gtk_stack_set_visible_child_name (self->stack, steps[step].page);
  gtk_button_set_label (self->go, _(steps[step].button));
  gtk_button_set_use_underline (self->go, TRUE);
  wattle_name_button (GTK_WIDGET (self->go), gtk_label_get_text (GTK_LABEL (gtk_button_get_child (self->go))));
  if (*gtk_editable_get_text (self->login) == '\0')
    gtk_editable_set_text (self->login, last);
  gtk_widget_set_visible (GTK_WIDGET (self->login), step != UNLOCK);
  gtk_widget_set_visible (self->forgotten, step == OLD_PASSWORD);
  gtk_widget_set_visible (self->other_person, step != SIGN_IN);
  gtk_widget_set_visible (self->other_server, step == SIGN_IN);
  gtk_widget_set_visible (self->invited, step == SIGN_IN);
  gtk_widget_set_visible (self->has_code, step == SIGN_IN && !gtk_widget_get_visible (GTK_WIDGET (self->enrolment)));
  if (step != SIGN_IN)
    gtk_widget_set_visible (GTK_WIDGET (self->enrolment), FALSE);
  focus (self);
}

static void
set_busy (WattleSignInPage *self, gboolean busy)
{
  self->busy = busy;
  gtk_widget_set_sensitive (GTK_WIDGET (self->go), self->step == BROWSER || (!busy && !self->waiting));
  gtk_widget_set_sensitive (self->provider, !busy && !self->waiting);
  wattle_set_busy (GTK_WIDGET (self->stack), busy);
  gtk_spinner_set_spinning (self->spinner, busy || self->waiting);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy || self->waiting);
}

static void
signed_out_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleSignInPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!wattle_client_sign_out_finish (WATTLE_CLIENT (source), result, &error))
    show_problem (self, error->message);
}

static void
begin_again (WattleSignInPage *self, const char *reason)
{
  self->wrong = 0;
  gtk_editable_set_text (self->password, "");
  wattle_client_sign_out_async (self->client, FALSE, NULL, signed_out_cb, g_object_ref (self));
  set_step (self, SIGN_IN);
  show_problem (self, reason);
}

static void
took_error (WattleSignInPage *self, const GError *error)
{
  gboolean second = g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_UNAUTHENTICATED)
                    && g_strcmp0 (wattle_error_get_field (error), "code") == 0;

  if (second && self->step != CODE)
    {
      show_problem (self, NULL);
      set_step (self, CODE);
      return;
    }
  self->afresh = FALSE;
  show_problem (self, error->message);
  if (g_strcmp0 (wattle_error_get_field (error), "old_password") == 0)
    {
      gtk_editable_set_text (self->old_password, "");
      set_step (self, OLD_PASSWORD);
    }
  else if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_LOCKED))
    set_step (self, KEYRING_LOCKED);
  else if (g_error_matches (error, WATTLE_ERROR, WATTLE_ERROR_KEY_LOST))
    set_step (self, KEY_LOST);
  else if (self->step == SIGN_IN && g_strcmp0 (wattle_error_get_field (error), "device") == 0)
    {
      show_problem (self, NULL);
      set_step (self, REVOKED);
    }
  else if (g_strcmp0 (wattle_error_get_field (error), "saved_records") == 0)
    set_step (self, DAMAGED);
  else if (g_strcmp0 (wattle_error_get_field (error), "keyring") == 0)
    set_step (self, NO_KEYRING);
  else if (g_strcmp0 (wattle_error_get_field (error), "keyring_away") == 0)
    set_step (self, KEYRING_AWAY);
  else if (self->step == UNLOCK && g_strcmp0 (wattle_error_get_field (error), "password") == 0
           && ++self->wrong >= MAX_WRONG)
    begin_again (self, _("That was a wrong password five times. Sign in again; what is saved here, and what was not "
                          "sent yet, is kept."));
  else if (self->step == UNLOCK && g_strcmp0 (wattle_error_get_field (error), "offline_days") == 0)
    begin_again (self, error->message);
  else
    {
      gtk_editable_select_region (self->step == CODE ? self->code : self->password, 0, -1);
      focus (self);
    }
}

static void
forget_secrets (WattleSignInPage *self)
{
  gtk_editable_set_text (self->password, "");
  gtk_editable_set_text (self->code, "");
  gtk_editable_set_text (self->enrolment, "");
  gtk_editable_set_text (self->old_password, "");
  self->afresh = FALSE;
  show_problem (self, NULL);
}

static void
signed_in_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleSignInPage) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = self->step == UNLOCK
                    ? wattle_client_unlock_finish (WATTLE_CLIENT (source), result, &error)
                    : wattle_client_sign_in_finish (WATTLE_CLIENT (source), result, &error);

  if (self->step == BROWSER)
    set_step (self, PROVIDER);
  set_busy (self, FALSE);
  if (!done)
    {
      took_error (self, error);
      return;
    }
  if (self->step != UNLOCK)
    g_settings_set_string (wattle_context_settings (self->context), "last-login",
                           gtk_editable_get_text (self->login));
  self->wrong = 0;
  g_free (self->person);
  self->person = g_strdup (gtk_editable_get_text (self->login));
  if (wattle_client_state (WATTLE_CLIENT (source)) != WATTLE_CLIENT_PENDING)
    forget_secrets (self);
}

static void
sign_in (WattleSignInPage *self)
{
  const char *login = gtk_editable_get_text (self->login);
  const char *password = gtk_editable_get_text (self->password);
  const char *code = gtk_editable_get_text (self->code);
  const char *old = gtk_editable_get_text (self->old_password);

  wattle_client_set_enrolment_code (self->client, gtk_editable_get_text (self->enrolment));
  if (self->with_provider)
    {
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
      wattle_client_sign_in_provider_async (self->client, login, password, self->afresh, self->cancellable,
                                            signed_in_cb, g_object_ref (self));
    }
  else if (self->afresh || *old != '\0')
    wattle_client_sign_in_anew_async (self->client, login, password, *code != '\0' ? code : NULL,
                                      self->afresh ? NULL : old, NULL, signed_in_cb, g_object_ref (self));
  else
    wattle_client_sign_in_async (self->client, login, password, *code != '\0' ? code : NULL, NULL, signed_in_cb,
                                 g_object_ref (self));
}

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleSignInPage) self = data;
  g_autoptr (GError) error = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error) || self->step != BROWSER)
    return;
  g_message ("no browser: %s", error->message);
  gtk_label_set_label (self->explanation,
                       _("No browser could be opened on this computer. Cancel, and choose one in the settings of the "
                          "desktop, under Default Applications."));
}

static void
browse_cb (WattleClient *client, const char *url, WattleSignInPage *self)
{
  if (!self->busy || !self->with_provider)
    return;
  set_step (self, BROWSER);
  set_busy (self, TRUE);
  g_app_info_launch_default_for_uri_async (url, NULL, self->cancellable, launched_cb, g_object_ref (self));
}

static void
provider_cb (WattleSignInPage *self)
{
  show_problem (self, NULL);
  gtk_editable_set_text (self->password, "");
  self->with_provider = TRUE;
  set_step (self, PROVIDER);
}

static void
hello_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (WattleSignInPage) self = data;
  g_autoptr (WattleJson) hello = wattle_server_call_finish (result, NULL);
  const char *label = hello != NULL ? wattle_json_member_string (wattle_json_root (hello), "oidc") : NULL;
  g_autofree char *text = NULL;

  if (label == NULL || *label == '\0')
    return;
  text = g_strdup_printf (_("Sign In With %s"), label);
  gtk_button_set_label (GTK_BUTTON (self->provider), text);
  self->has_provider = TRUE;
  gtk_widget_set_visible (self->provider, self->step == SIGN_IN);
}

/* Whether the practice has an identity provider, and what that is called. */
static void
ask_for_provider (WattleSignInPage *self)
{
  if (self->client != NULL && !self->waiting)
    wattle_server_call_async (wattle_client_server_url (self->client), "GET", "/v1/hello", NULL, NULL, hello_cb,
                              g_object_ref (self));
}

static void
go_cb (WattleSignInPage *self)
{
  if (self->step == BROWSER)
    {
      g_cancellable_cancel (self->cancellable);
      return;
    }
  if (self->client == NULL || self->busy || self->waiting)
    return;
  if (self->step == FACTOR)
    {
      wattle_second_factor_dialog_open (GTK_WIDGET (self), self->context);
      return;
    }
  if (self->with_provider && *gtk_editable_get_text (self->login) == '\0')
    {
      show_problem (self, _("Type your sign-in name."));
      focus (self);
      return;
    }
  if (*gtk_editable_get_text (self->password) == '\0'
      || (self->step == OLD_PASSWORD && !self->afresh && *gtk_editable_get_text (self->old_password) == '\0'))
    {
      show_problem (self, self->with_provider ? _("Type a passphrase.") : _("Type your password."));
      focus (self);
      return;
    }
  self->afresh |= self->step == KEY_LOST || self->step == DAMAGED || self->step == REVOKED;
  show_problem (self, NULL);
  set_busy (self, TRUE);
  if (self->step == UNLOCK)
    wattle_client_unlock_async (self->client, gtk_editable_get_text (self->password), NULL, signed_in_cb,
                                g_object_ref (self));
  else
    sign_in (self);
}

static void
set_aside_cb (WattleSignInPage *self)
{
  self->afresh = TRUE;
  go_cb (self);
}

static void
forgotten_cb (WattleSignInPage *self)
{
  wattle_confirm (GTK_WIDGET (self), _("Begin Anew on This Computer?"),
                  _("What is saved here is set aside, sealed, not deleted: only the password before opens it. "
                    "Everything the server has is fetched again. Changes that were not sent yet stay in "
                    "what is set aside."),
                  _("_Set Aside and Fetch Again"), TRUE, G_CALLBACK (set_aside_cb), self);
}

static void
use_password_alone (WattleSignInPage *self)
{
  wattle_client_use_passphrase (self->client);
  go_cb (self);
}

static void
alone_cb (WattleSignInPage *self)
{
  wattle_confirm (GTK_WIDGET (self), _("Protect It With Your Password Alone?"),
                  _("Whoever has this computer's disk and guesses your password can then read what is saved here. Use "
                    "a long one, of at least 12 characters. On a computer with a keyring this is not needed."),
                  _("_Use My Password Alone"), FALSE, G_CALLBACK (use_password_alone), self);
}

/* The account is there, and this page is where one goes on. */
static void
accepted_cb (GtkWidget *widget, const char *login, gboolean active)
{
  WattleSignInPage *self = WATTLE_SIGN_IN_PAGE (widget);

  gtk_editable_set_text (self->login, login != NULL ? login : "");
  show_problem (self, active ? _("Your account is open. Sign in with your new password.")
                             : _("Your account is open. You can sign in once the practice has confirmed it."));
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

static void
invited_cb (WattleSignInPage *self)
{
  if (self->client != NULL)
    wattle_accept_dialog_open (GTK_WIDGET (self), wattle_client_server_url (self->client), accepted_cb);
}

static void
has_code_cb (WattleSignInPage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->enrolment), TRUE);
  gtk_widget_set_visible (self->has_code, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->enrolment));
}

static void
login_activated_cb (WattleSignInPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

static void
other_person_cb (WattleSignInPage *self)
{
  forget_secrets (self);
  g_cancellable_cancel (self->cancellable);
  gtk_editable_set_text (self->login, "");
  if (self->client != NULL && wattle_client_state (self->client) != WATTLE_CLIENT_SIGNED_OUT)
    wattle_client_sign_out_async (self->client, FALSE, NULL, signed_out_cb, g_object_ref (self));
  set_step (self, SIGN_IN);
}

static void
other_server_cb (WattleSignInPage *self)
{
  forget_secrets (self);
  g_signal_emit (self, signals[OTHER_SERVER], 0);
}

static void
state_cb (WattleClient *client, GParamSpec *pspec, WattleSignInPage *self)
{
  switch (wattle_client_state (client))
    {
    case WATTLE_CLIENT_LOCKED:
      forget_secrets (self);
      set_step (self, UNLOCK);
      break;
    case WATTLE_CLIENT_PENDING:
      set_step (self, PENDING);
      break;
    case WATTLE_CLIENT_FACTOR_WANTED:
      set_step (self, FACTOR);
      break;
    case WATTLE_CLIENT_SIGNED_OUT:
      if (!self->busy)
        set_step (self, SIGN_IN);
      break;
    default:
      break;
    }
}

static void
reason_cb (WattleClient *client, const char *reason, WattleSignInPage *self)
{
  show_problem (self, reason);
}

static void
client_cb (WattleContext *context, GParamSpec *pspec, WattleSignInPage *self)
{
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_cancellable_cancel (self->cancellable);
  self->has_provider = FALSE;
  gtk_widget_set_visible (self->provider, FALSE);
  g_set_object (&self->client, wattle_context_client (context));
  if (self->client == NULL)
    return;
  g_signal_connect (self->client, "notify::state", G_CALLBACK (state_cb), self);
  g_signal_connect (self->client, "signed-out", G_CALLBACK (reason_cb), self);
  g_signal_connect (self->client, "browse", G_CALLBACK (browse_cb), self);
  state_cb (self->client, NULL, self);
  ask_for_provider (self);
}

static void
map_cb (WattleSignInPage *self)
{
  focus (self);
  if (!self->has_provider)
    ask_for_provider (self);
}

static void
wattle_sign_in_page_dispose (GObject *object)
{
  WattleSignInPage *self = WATTLE_SIGN_IN_PAGE (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->context);
  g_clear_pointer (&self->person, g_free);
  G_OBJECT_CLASS (wattle_sign_in_page_parent_class)->dispose (object);
}

static void
wattle_sign_in_page_class_init (WattleSignInPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = wattle_sign_in_page_dispose;
  signals[OTHER_SERVER] = g_signal_new ("other-server", WATTLE_TYPE_SIGN_IN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/au/wattle/Wattle/start/sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, provider);
  gtk_widget_class_bind_template_callback (widget_class, provider_cb);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, title);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, login);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, password);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, code);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, enrolment);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, has_code);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, invited);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, old_password);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, forgotten);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, alone);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, problem);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, go);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, status);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, other_person);
  gtk_widget_class_bind_template_child (widget_class, WattleSignInPage, other_server);
  gtk_widget_class_bind_template_callback (widget_class, go_cb);
  gtk_widget_class_bind_template_callback (widget_class, forgotten_cb);
  gtk_widget_class_bind_template_callback (widget_class, has_code_cb);
  gtk_widget_class_bind_template_callback (widget_class, invited_cb);
  gtk_widget_class_bind_template_callback (widget_class, alone_cb);
  gtk_widget_class_bind_template_callback (widget_class, login_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, other_person_cb);
  gtk_widget_class_bind_template_callback (widget_class, other_server_cb);
}

static void
wattle_sign_in_page_init (WattleSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wattle_name_rows (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (map_cb), NULL);
}

/**
 * wattle_sign_in_page_new:
 * @context: the context
 *
 * Returns: (transfer floating): the page
 */
WattleSignInPage *
wattle_sign_in_page_new (WattleContext *context)
{
  WattleSignInPage *self = g_object_new (WATTLE_TYPE_SIGN_IN_PAGE, NULL);

  self->context = g_object_ref (context);
  set_step (self, SIGN_IN);
  set_busy (self, FALSE);
  g_signal_connect_object (context, "notify::client", G_CALLBACK (client_cb), self, 0);
  client_cb (context, NULL, self);
  return self;
}

/**
 * wattle_sign_in_page_set_status:
 * @self: the page
 * @text: (nullable): what is going on before one can sign in, or what went wrong with it
 * @busy: whether it still goes on
 */
void
wattle_sign_in_page_set_status (WattleSignInPage *self, const char *text, gboolean busy)
{
  self->waiting = busy;
  gtk_label_set_label (self->status, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), text != NULL);
  set_busy (self, self->busy);
  if (!busy && !self->has_provider)
    ask_for_provider (self);
}

/**
 * wattle_sign_in_page_person:
 * @self: the page
 *
 * Returns: (nullable): the sign-in name of who came in last
 */
const char *
wattle_sign_in_page_person (WattleSignInPage *self)
{
  return self->person;
}

/**
 * wattle_sign_in_page_fill:
 * @self: the page
 * @login: a sign-in name
 * @password: its password
 *
 * Signs in with what the person gave a moment ago when the practice was made.
 */
void
wattle_sign_in_page_fill (WattleSignInPage *self, const char *login, const char *password)
{
  gtk_editable_set_text (self->login, login);
  gtk_editable_set_text (self->password, password);
  go_cb (self);
}
