/* civil-text.h: dates and times as Australians write and type them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char    *wattle_date_display          (gint64       date);
char    *wattle_date_display_long     (gint64       date);
char    *wattle_date_display_numeric  (gint64       date);
char    *wattle_time_display          (int          second_of_day);
char    *wattle_duration_display      (gint64       minutes);
char    *wattle_relative_display      (gint64       instant,
                                       gint64       now);

gboolean wattle_date_parse_typed      (const char  *text,
                                       gint64       today,
                                       gint64      *date,
                                       GError     **error);
gboolean wattle_time_parse_typed      (const char  *text,
                                       int         *second_of_day,
                                       GError     **error);

G_END_DECLS
