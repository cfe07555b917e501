/* world.h: one server and a few clients under one clock and one stream of chance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "server.h"
#include "sync/engine.h"

G_BEGIN_DECLS

#define SIM_MAX_CLIENTS 5

/**
 * SimBug:
 * @SIM_BUG_FORGET: the server acknowledges what it then loses
 * @SIM_BUG_TWICE: a repeated request is done again
 * @SIM_BUG_KEEP: a client does not hear what it may no longer see
 *
 * Faults that no schedule may hide: the checker has to find each.
 */
typedef enum
{
  SIM_BUG_NONE,
  SIM_BUG_FORGET,
  SIM_BUG_TWICE,
  SIM_BUG_KEEP,
  SIM_N_BUGS
} SimBug;

/**
 * SimFate:
 * @SIM_KEPT: the client said that it is safe
 * @SIM_ACKNOWLEDGED: the client said that the server has it
 * @SIM_GONE: the person withdrew it, threw it away or sent it again
 * @SIM_UNKNOWN: the client stopped before it could say anything
 */
typedef enum
{
  SIM_KEPT,
  SIM_ACKNOWLEDGED,
  SIM_GONE,
  SIM_UNKNOWN,
} SimFate;

/* One act of a person, written down outside of everything that may fail. */
typedef struct
{
  char *id;
  guint client;
  const char *name;
  char *args;
  char *marker;   /* words that nothing else has */
  gboolean never; /* withdrawn before it was sent: it may have no effect at all */
  SimFate fate;
} SimDeed;

typedef struct _SimWorld SimWorld;

typedef struct
{
  SimWorld *world;
  guint index;
  const char *login;
  int role;
  char *dir;
  guint8 key[32];
  WattleStore *cache;
  WattleOutbox *outbox;
  WattleSession *session;
  WattleEngine *engine;
  gboolean idle;
  gboolean cut_off; /* the network is gone */
  gboolean deaf;    /* its requests arrive, and no answer comes back */
  guint crash_in;   /* commits until it stops; 0 for never */
  gboolean crashed; /* what it does from now on is not done */
} SimClient;

struct _SimWorld
{
  guint64 chance;
  SimBug bug;
  gint64 now;
  char *dir;
  char *server_dir;
  SimServer *server;
  SimClient *clients[SIM_MAX_CLIENTS];
  guint n_clients;
  GPtrArray *deeds;  /* SimDeed */
  GHashTable *by_id; /* operation: SimDeed */
  GQueue late;       /* copies of requests that are still under way */
  gboolean calm;     /* no more faults */
  guint depth;
  guint markers;
  gboolean copy_server; /* at its next commit, as it is before */
  gboolean server_copied;
  GChecksum *log;
  GQueue tail;     /* the last events as text */
  gboolean has_backup;
  char *complaint; /* (nullable): what the checker found */
  guint restores;
};

/* world.c */
guint sim_chance (SimWorld *self, guint n);
void sim_log (SimWorld *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void sim_complain (SimWorld *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void sim_tick (SimWorld *self, gint64 time);
gboolean sim_world_ask (SimWorld *self, const SimCall *call, SimAnswer *answer);
void sim_world_interrupt (SimWorld *self, SimClient *client);
char *sim_template_new (void);
SimWorld *sim_world_new (guint64 seed, SimBug bug, const char *template);
void sim_world_run (SimWorld *self, guint64 seed, guint events);
gboolean sim_world_calm (SimWorld *self, SimClient *client);
void sim_world_settle (SimWorld *self);
void sim_world_free (SimWorld *self, gboolean keep_files);

/* client.c */
SimClient *sim_client_new (SimWorld *world, guint index, const char *login, int role, const char *template);
void sim_client_free (SimClient *self);
void sim_client_step (SimClient *self);
void sim_client_revive (SimClient *self);
void sim_client_stop (SimClient *self);

/* network.c */
WattleTransport *sim_transport_new (SimClient *client);
void sim_world_deliver_late (SimWorld *self, gboolean drop);

/* files.c */
void sim_files_watch (SimWorld *world);
void sim_files_copy (const char *from, const char *to, const char *const *names);
void sim_files_copy_letters (const char *from, const char *to);
void sim_files_move (const char *from, const char *to, const char *const *names);
void sim_files_remove (const char *dir);
extern const char *const sim_client_files[];
extern const char *const sim_server_files[];
extern const char *const sim_server_key[];

/* acts.c */
void sim_client_act (SimClient *self);
void sim_client_tidy (SimClient *self);

/* check.c */
void sim_world_check (SimWorld *self);

G_END_DECLS
