/* database.h: the database of a simulated server, where that keeps its records in PostgreSQL
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void sim_database_start (void);
gboolean sim_database_is_used (void);
void sim_database_forget (void);
gboolean sim_database_make (void);
void sim_database_finish (void);
void sim_database_begin (void);
char *sim_database_address (void);
void sim_database_take (const char *place);
void sim_database_give (const char *place);

G_END_DECLS
