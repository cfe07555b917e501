/* call-open.c: the ways into a video visit: a visit of the diary, a link, and what was kept when the program fell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/telehealth/call-open.h"

#include "app/telehealth/call-window.h"
#include "app/telehealth/guest-keep.h"

#define CONTEXT "wattle-call-context"
#define PASSES "wattle-call-passes"

typedef struct
{
  GtkApplication *application;
  char *server; /* (nullable): of the link that was opened; without one, whoever was inside comes back */
  char *secret;
  WattleCallRecalled recalled;
  gpointer data;
} Recall;

static void
recall_free (Recall *self)
{
  g_object_unref (self->application);
  g_free (self->server);
  g_free (self->secret);
  g_free (self);
}

static WattleContext *
context_of (GtkApplication *application)
{
  return g_object_get_data (G_OBJECT (application), CONTEXT);
}

/* The one that is known already, so that one guest has one window. */
static WattleGuestPass *
find_pass (GtkApplication *application, const char *server, const char *secret)
{
  WattleGuestPass *pass = g_hash_table_lookup (g_object_get_data (G_OBJECT (application), PASSES), secret);

  return pass != NULL && g_str_equal (pass->server, server) ? pass : NULL;
}

static void
open_pass (GtkApplication *application, WattleGuestPass *pass)
{
  if (!wattle_call_window_find (application, NULL, pass))
    wattle_call_window_open (application, wattle_call_session_new_guest (context_of (application), pass));
}

/* With a @pass that is the application's from now on. */
static WattleGuestPass *
add_pass (GtkApplication *application, WattleGuestPass *pass)
{
  g_hash_table_replace (g_object_get_data (G_OBJECT (application), PASSES), pass->secret, pass);
  return pass;
}

static gboolean
is_of_link (const WattleGuestPass *pass, const Recall *recall)
{
  return g_str_equal (pass->secret, recall->secret) && g_str_equal (pass->server, recall->server);
}

static void
recalled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Recall *self = data;
  gboolean inside, wanted;
  g_autoptr (WattleGuestPass) kept = wattle_guest_recall_finish (result, &inside);
  WattleGuestPass *pass = kept != NULL ? find_pass (self->application, kept->server, kept->secret) : NULL;

  wanted = kept != NULL && (self->secret != NULL ? is_of_link (kept, self) : inside);
  if (wanted)
    open_pass (self->application, pass != NULL ? pass : add_pass (self->application, g_steal_pointer (&kept)));
  if (self->recalled != NULL)
    self->recalled (self->application, wanted, self->data);
  recall_free (self);
}

static void
recall (GtkApplication *application, const WattleGuestLink *link, WattleCallRecalled recalled, gpointer data)
{
  Recall *self = g_new0 (Recall, 1);

  self->application = g_object_ref (application);
  self->server = link != NULL ? g_strdup (link->server) : NULL;
  self->secret = link != NULL ? g_strdup (link->secret) : NULL;
  self->recalled = recalled;
  self->data = data;
  wattle_guest_recall_async (NULL, recalled_cb, self);
}

static void
join_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplication *application = data;
  WattleContext *context = context_of (application);
  const char *visit = g_variant_get_string (parameter, NULL);

  if (wattle_context_is_ready (context) && !wattle_call_window_find (application, visit, NULL))
    wattle_call_window_open (application, wattle_call_session_new (context, visit));
}

/* What a notification leads to. */
static void
show_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  for (GList *l = gtk_application_get_windows (data); l != NULL; l = l->next)
    if (WATTLE_IS_CALL_WINDOW (l->data) && gtk_widget_get_visible (l->data))
      {
        gtk_window_present (l->data);
        return;
      }
  g_application_activate (data);
}

/**
 * wattle_call_open_add_actions:
 * @application: the application
 * @context: the context
 *
 * Adds "app.join-visit" (string: id of an appointment): one click to its green room; and "app.show-call".
 */
void
wattle_call_open_add_actions (GtkApplication *application, WattleContext *context)
{
  static const GActionEntry actions[] = { { "join-visit", join_action, "s" }, { "show-call", show_action } };
  GHashTable *passes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) wattle_guest_pass_unref);

  g_object_set_data_full (G_OBJECT (application), CONTEXT, g_object_ref (context), g_object_unref);
  g_object_set_data_full (G_OBJECT (application), PASSES, passes, (GDestroyNotify) g_hash_table_unref);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
}

/**
 * wattle_call_open_guest:
 * @application: the application
 * @link: into the room of a visit; the person agreed to go there
 *
 * Opens the green room for somebody without an account. The same link opens the same window again.
 */
void
wattle_call_open_guest (GtkApplication *application, const WattleGuestLink *link)
{
  WattleGuestPass *pass = find_pass (application, link->server, link->secret);

  open_pass (application, pass != NULL ? pass : add_pass (application, wattle_guest_pass_new (link)));
}

/**
 * wattle_call_open_known_guest:
 * @application: the application
 * @link: into the room of a visit
 * @recalled: called when it is known
 * @data: for @recalled
 *
 * Opens the green room when the person has used this link on this computer before; they are not asked again.
 */
void
wattle_call_open_known_guest (GtkApplication *application,
                              const WattleGuestLink *link,
                              WattleCallRecalled recalled,
                              gpointer data)
{
  WattleGuestPass *pass = find_pass (application, link->server, link->secret);

  if (pass != NULL)
    {
      open_pass (application, pass);
      recalled (application, TRUE, data);
    }
  else
    recall (application, link, recalled, data);
}

/**
 * wattle_call_come_back:
 * @application: the application, that just started
 *
 * Whoever was in a room as a guest when the program fell finds its green room open again.
 */
void
wattle_call_come_back (GtkApplication *application)
{
  recall (application, NULL, NULL, NULL);
}
