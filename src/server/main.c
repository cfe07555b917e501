/* main.c: wattled, the sync server of a practice
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <libintl.h>
#include <locale.h>
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "server/api/blob-file.h"
#include "server/api/room-relay.h"
#include "server/api/sweep.h"
#include "server/configuration.h"
#include "server/jobs/housekeeping.h"
#include "server/jobs/trail.h"
#include "store/directory.h"
#include "store/postgresql/postgresql.h"

#define TRIM_SECONDS 30
#define LOOK_SECONDS 5
#define TRAIL_SECONDS 5
#define ABANDONED WATTLE_DAY

typedef struct
{
  char *config;
  char *data;
  char *listen;
  gboolean version;
} Options;

typedef struct
{
  GMainLoop *loop;
  WattleServer *server;
  char *copies; /* (nullable): where checkpoints of the audit trail go besides */
  WattleNews *news; /* (nullable): from and to the other servers of the practice */
  gboolean heard;   /* whether there was an exchange of news before */
} Running;

static void
options_clear (Options *self)
{
  g_free (self->config);
  g_free (self->data);
  g_free (self->listen);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* What is in memory is health data: no core file, no debugger of the same user, no file for others. */
static void
harden (void)
{
  struct rlimit none = { 0, 0 };

  umask (077);
  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, 0);
  /* Few arenas: memory that one thread frees can be used by another. */
  mallopt (M_ARENA_MAX, 2);
  mallopt (M_TRIM_THRESHOLD, 1024 * 1024);
}

static gboolean
parse_options (Options *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &self->config, "Read this file of keys", "FILE" },
    { "data", 'd', 0, G_OPTION_ARG_FILENAME, &self->data, "Keep everything here", "DIR" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &self->listen, "Listen here; port 0 takes a free one",
      "ADDRESS:PORT|unix:PATH" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, "Say which version this is", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "The sync server of a Wattle practice.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc == 1)
    return TRUE;
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL, "“%s” was not expected.", (*argv)[1]);
  return FALSE;
}

/* One line an event: level, domain and words without names. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  const char *message = "", *domain = NULL, *word = level & G_LOG_LEVEL_MESSAGE ? "notice" : "warning";

  if (level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO) && g_log_writer_default_would_drop (level, domain))
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      message = fields[i].value;
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    word = "error";
  else if (level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO))
    word = "debug";
  if (g_log_writer_is_journald (fileno (stderr)))
    return g_log_writer_journald (level, fields, n_fields, data);
  fprintf (stderr, "wattled: level=%s %s\n", word, message);
  return G_LOG_WRITER_HANDLED;
}

/* Only where there is no practice yet is a missing key no loss. With the practice's lock, so that of two servers that
 * start together one makes the key. */
static WattleKeys *
open_keys (WattleStore *store, const char *path, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_write (store, error);
  g_autofree char *practice = NULL;

  if (transaction == NULL)
    return NULL;
  practice = wattle_transaction_meta (transaction, "practice", NULL);
  return wattle_keys_open (path, practice == NULL, error);
}

static WattleStore *
open_store (const WattleConfiguration *configuration, WattleKeys **keys, GError **error)
{
  g_autofree char *database = g_build_filename (configuration->data_dir, WATTLE_DIRECTORY_DATABASE, NULL);
  g_autofree char *key = g_build_filename (configuration->data_dir, WATTLE_DIRECTORY_KEY, NULL);
  g_autoptr (WattleStore) store = NULL;
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER,
                                 .path = database,
                                 .database = configuration->database,
                                 .practice = configuration->practice,
                                 .readers = configuration->readers };

  if (configuration->database == NULL)
    {
      *keys = wattle_keys_open (key, !g_file_test (database, G_FILE_TEST_EXISTS), error);
      return *keys != NULL ? wattle_store_open (&options, error) : NULL;
    }
  store = wattle_store_open (&options, error);
  *keys = store != NULL ? open_keys (store, key, error) : NULL;
  return *keys != NULL ? g_steal_pointer (&store) : NULL;
}

/* A server without a practice waits for whoever can read this file. */
static gboolean
write_setup_code (WattleServer *server, GError **error)
{
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (server->store, error);
  g_autofree char *path = wattle_server_setup_code_path (server);
  g_autofree char *practice = NULL;
  char code[16] = "";

  if (transaction == NULL)
    return FALSE;
  practice = wattle_transaction_meta (transaction, "practice", NULL);
  if (practice != NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  for (guint i = 0; i < 14; i++)
    code[i] = i % 5 == 4 ? '-' : "abcdefghjkmnpqrstvwxyz23456789"[randombytes_uniform (30)];
  return wattle_file_replace (path, code, strlen (code), error);
}

static void
ignore_done (gpointer data, const GError *error)
{
}

/* Off the main thread, which answers. */
static gboolean
keep_house (WattleTransaction *transaction, gpointer data, GError **error)
{
  WattleServer *server = data;
  g_autofree char *uploads = g_build_filename (server->data_dir, "uploads", NULL);

  wattle_pieces_expire (uploads, wattle_clock_now () - ABANDONED);
  return wattle_housekeeping_expire (transaction, NULL, error);
}

static gboolean
housekeeping_cb (gpointer data)
{
  Running *running = data;

  wattle_writer_submit (running->server->writer, keep_house, ignore_done, running->server);
  return G_SOURCE_CONTINUE;
}

typedef struct
{
  Running *running;
  gboolean at_once;
  char *note;
} Mark;

static gboolean
make_mark (WattleTransaction *transaction, gpointer data, GError **error)
{
  Mark *self = data;

  self->note = wattle_trail_mark (transaction, self->running->server->keys, self->at_once, error);
  return self->note != NULL || *error == NULL;
}

/* The checkpoint is in the database: now to where a hand on the database does not reach. */
static void
keep_mark (gpointer data, const GError *error)
{
  Mark *self = data;
  WattleServer *server = self->running->server;
  g_autofree char *folder = g_build_filename (server->data_dir, WATTLE_TRAIL_FOLDER, NULL);
  const char *folders[] = { folder, self->running->copies };

  if (error != NULL)
    g_warning ("No checkpoint of the audit trail was made: %s", error->message);
  for (guint i = 0; self->note != NULL && i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr (GError) local = NULL;

      if (folders[i] != NULL && !wattle_trail_keep (folders[i], self->note, server->keys, &local))
        g_warning ("A checkpoint of the audit trail was not kept: %s", local->message);
    }
  g_free (self->note);
  g_free (self);
}

static void
mark_trail (Running *running, gboolean at_once)
{
  Mark *mark = g_new0 (Mark, 1);

  mark->running = running;
  mark->at_once = at_once;
  wattle_writer_submit (running->server->writer, make_mark, keep_mark, mark);
}

static gboolean
trail_cb (gpointer data)
{
  Running *running = data;
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (running->server->store, NULL);

  if (transaction != NULL && wattle_trail_is_due (transaction, FALSE))
    mark_trail (running, FALSE);
  return G_SOURCE_CONTINUE;
}

static gboolean
sweep_cb (gpointer data)
{
  Running *running = data;

  wattle_sweep (running->server);
  return G_SOURCE_CONTINUE;
}

/* Pages and hashed passwords come and go in large pieces: what nobody uses any more is given back. */
static gboolean
trim_cb (gpointer data)
{
  malloc_trim (0);
  return G_SOURCE_CONTINUE;
}

static gboolean
stop_cb (gpointer data)
{
  Running *running = data;

  g_main_loop_quit (running->loop);
  return G_SOURCE_CONTINUE;
}

static void
tell_cb (const char *words, gpointer data)
{
  wattle_news_tell (data, words);
}

/* On the thread of the news. */
static void
hear_cb (const char *words, gpointer data)
{
  Running *running = data;

  if (words != NULL && wattle_rates_hear (running->server->rates, words))
    return;
  if (words == NULL ? running->heard : g_str_has_prefix (words, WATTLE_RELAY_WORD))
    wattle_relay_hear (running->server->relay, words);
  if (words != NULL)
    wattle_hub_hear (running->server->hub, words);
  else if (running->heard)
    wattle_hub_start_again (running->server->hub);
  running->heard = TRUE;
}

static gpointer
read_head (WattleTransaction *transaction, gpointer data, GCancellable *cancellable, GError **error)
{
  wattle_hub_seen (data, wattle_transaction_revision (transaction));
  return data;
}

static void
ignore_read (GObject *store, GAsyncResult *result, gpointer data)
{
}

/* News may be lost with a connection; no change stays unseen for longer than this. */
static gboolean
look_cb (gpointer data)
{
  Running *running = data;

  wattle_store_run_async (running->server->store, read_head, running->server->hub, NULL, NULL, NULL, ignore_read, NULL);
  return G_SOURCE_CONTINUE;
}

static void
join_others (Running *running, const WattleConfiguration *configuration)
{
  if (configuration->database == NULL)
    return;
  running->server->is_one_of_many = TRUE;
  running->news = wattle_news_new (configuration->database, configuration->practice, hear_cb, running);
  wattle_hub_set_tell (running->server->hub, tell_cb, running->news);
  wattle_rates_set_tell (running->server->rates, tell_cb, running->news);
  wattle_relay_set_tell (running->server->relay, tell_cb, running->news);
  g_timeout_add_seconds (LOOK_SECONDS, look_cb, running);
}

static void
leave_others (Running *running)
{
  wattle_hub_set_tell (running->server->hub, NULL, NULL);
  wattle_rates_set_tell (running->server->rates, NULL, NULL);
  wattle_relay_set_tell (running->server->relay, NULL, NULL);
  wattle_news_free (running->news);
}

static void
announce (WattleServer *server, const WattleConfiguration *configuration)
{
  if (configuration->unix_path != NULL)
    printf ("listening on unix:%s\n", configuration->unix_path);
  else if (strchr (configuration->address, ':') != NULL)
    printf ("listening on http://[%s]:%u\n", configuration->address, wattle_engine_get_port (server->engine));
  else
    printf ("listening on http://%s:%u\n", configuration->address, wattle_engine_get_port (server->engine));
  fflush (stdout);
}

/* The page of a video visit comes from where people reach this server. */
static char *
origin_of (const char *url)
{
  const char *host = url != NULL ? strstr (url, "://") : NULL;

  return host != NULL ? g_strndup (url, host + 3 - url + strcspn (host + 3, "/")) : NULL;
}

static gboolean
run (WattleServer *server, WattleConfiguration *configuration, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Running running = { loop, server, configuration->checkpoints };
  WattleEngineConfig *engine = &configuration->engine;
  g_autofree char *origin = origin_of (configuration->public_url);

  engine->address = configuration->address;
  engine->port = configuration->port;
  engine->unix_path = configuration->unix_path;
  engine->origin = configuration->origin != NULL ? configuration->origin : origin;
  server->max_blob = configuration->max_blob;
  server->public_metrics = configuration->public_metrics;
  server->public_url = configuration->public_url;
  server->sends_mail = configuration->smtp.host != NULL;
  server->leave_seconds = configuration->leave_seconds;
  server->turn = configuration->turn;
  configuration->turn = (WattleTurn){ NULL };
  if (configuration->oidc.issuer != NULL)
    server->oidc = wattle_oidc_new (&configuration->oidc);
  if (!write_setup_code (server, error) || !wattle_server_start (server, engine, error))
    return FALSE;
  g_unix_signal_add (SIGTERM, stop_cb, &running);
  g_unix_signal_add (SIGINT, stop_cb, &running);
  g_timeout_add_seconds (WATTLE_HOUSEKEEPING_SECONDS, housekeeping_cb, &running);
  g_timeout_add_seconds (WATTLE_SWEEP_SECONDS, sweep_cb, &running);
  g_timeout_add_seconds (TRIM_SECONDS, trim_cb, NULL);
  g_timeout_add_seconds (TRAIL_SECONDS, trail_cb, &running);
  if (server->sends_mail)
    server->mailer = wattle_mailer_new (server->writer, server->keys, &configuration->smtp);
  join_others (&running, configuration);
  announce (server, configuration);
  housekeeping_cb (&running);
  mark_trail (&running, FALSE);
  wattle_sweep (server);
  wattle_sweep_rooms (server);
  g_main_loop_run (loop);
  mark_trail (&running, TRUE);
  wattle_server_stop (server);
  leave_others (&running);
  return TRUE;
}

static gboolean
serve (WattleConfiguration *configuration, GError **error)
{
  g_autoptr (WattleDirectoryLock) lock = NULL; /* cleaned up last: in the reverse order */
  g_autoptr (WattleStore) store = NULL;
  g_autoptr (WattleServer) server = NULL;
  WattleKeys *keys = NULL;

  if (!wattle_directory_make (configuration->data_dir, error))
    return FALSE;
  lock = wattle_directory_lock (configuration->data_dir, configuration->database != NULL, error);
  if (lock == NULL)
    return FALSE;
  store = open_store (configuration, &keys, error);
  if (store == NULL)
    {
      wattle_keys_free (keys);
      return FALSE;
    }
  server = wattle_server_new (configuration->data_dir, store, keys, &configuration->limits);
  server->version = WATTLE_VERSION;
  if (!run (server, configuration, error))
    return FALSE;
  g_clear_pointer (&server, wattle_server_free);
  return wattle_store_close (store, error);
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = { 0 };
  g_auto (WattleConfiguration) configuration = { 0 };
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, WATTLE_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  harden ();
  wattle_postgresql_use ();
  g_log_set_writer_func (write_log, NULL, NULL);
  wattle_configuration_init (&configuration);
  if (!parse_options (&options, &argc, &argv, &error))
    {
      g_printerr ("wattled: %s\n", error->message);
      return 2;
    }
  if (options.version)
    {
      printf ("wattled %s\n", WATTLE_VERSION);
      return 0;
    }
  if ((options.config != NULL && !wattle_configuration_load (&configuration, options.config, &error))
      || (options.listen != NULL && !wattle_configuration_listen (&configuration, options.listen, &error)))
    {
      g_printerr ("wattled: %s\n", error->message);
      return 2;
    }
  if (options.data != NULL)
    {
      g_free (configuration.data_dir);
      configuration.data_dir = g_strdup (options.data);
    }
  if (!serve (&configuration, &error))
    {
      g_printerr ("wattled: %s\n", error->message);
      return 1;
    }
  return 0;
}
