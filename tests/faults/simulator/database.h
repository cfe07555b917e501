/* database.h: the databases of simulated servers, where those keep their records in PostgreSQL
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void sim_database_start (void);
gboolean sim_database_is_used (void);
void sim_database_forget (void);
gboolean sim_database_make (const char *dir);
char *sim_database_address (const char *dir);
void sim_database_copy (const char *from, const char *to);
void sim_database_move (const char *from, const char *to);
void sim_database_remove (const char *dir);

G_END_DECLS
