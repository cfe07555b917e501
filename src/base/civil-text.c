/* civil-text.c: dates and times as Australians write and type them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/civil-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/civil.h"
#include "base/error.h"

static const char *const weekdays[] = { N_ ("Monday"), N_ ("Tuesday"),  N_ ("Wednesday"), N_ ("Thursday"),
                                        N_ ("Friday"), N_ ("Saturday"), N_ ("Sunday") };
static const char *const short_weekdays[] = { N_ ("Mon"), N_ ("Tue"), N_ ("Wed"), N_ ("Thu"),
                                              N_ ("Fri"), N_ ("Sat"), N_ ("Sun") };
static const char *const months[] = { N_ ("January"),   N_ ("February"), N_ ("March"),    N_ ("April"),
                                      N_ ("May"),       N_ ("June"),     N_ ("July"),     N_ ("August"),
                                      N_ ("September"), N_ ("October"),  N_ ("November"), N_ ("December") };
static const char *const short_months[] = { N_ ("Jan"), N_ ("Feb"), N_ ("Mar"), N_ ("Apr"), N_ ("May"), N_ ("Jun"),
                                            N_ ("Jul"), N_ ("Aug"), N_ ("Sep"), N_ ("Oct"), N_ ("Nov"), N_ ("Dec") };

static char *
display_date (gint64 date, const char *const *weekday_names, const char *const *month_names)
{
  int year, month, day;

  wattle_date_to_ymd (date, &year, &month, &day);
  return g_strdup_printf ("%s %d %s %d", _(weekday_names[wattle_date_weekday (date) - 1]), day,
                          _(month_names[month - 1]), year);
}

/**
 * wattle_date_display:
 * @date: a valid date
 *
 * Returns: (transfer full): it for the screen, such as "Fri 20 Nov 2026"
 */
char *
wattle_date_display (gint64 date)
{
  return display_date (date, short_weekdays, short_months);
}

/**
 * wattle_date_display_long:
 * @date: a valid date
 *
 * Returns: (transfer full): it for letters and headings, such as "Friday 20 November 2026"
 */
char *
wattle_date_display_long (gint64 date)
{
  return display_date (date, weekdays, months);
}

/**
 * wattle_date_display_numeric:
 * @date: a valid date
 *
 * Returns: (transfer full): it for forms and tables, such as "20/11/2026"
 */
char *
wattle_date_display_numeric (gint64 date)
{
  int year, month, day;

  wattle_date_to_ymd (date, &year, &month, &day);
  return g_strdup_printf ("%02d/%02d/%04d", day, month, year);
}

/**
 * wattle_time_display:
 * @second_of_day: a wall time, 0 to 86399; seconds are not shown
 *
 * Returns: (transfer full): it for the screen, such as "9:30 am"
 */
char *
wattle_time_display (int second_of_day)
{
  int hour = second_of_day / 3600;
  int twelve = hour % 12 == 0 ? 12 : hour % 12;

  return g_strdup_printf (hour < 12 ? _("%d:%02d am") : _("%d:%02d pm"), twelve, second_of_day / 60 % 60);
}

/**
 * wattle_duration_display:
 * @minutes: how long; not negative
 *
 * Returns: (transfer full): it for the screen, such as "50 min" or "1 h 20 min"
 */
char *
wattle_duration_display (gint64 minutes)
{
  if (minutes < 60)
    return g_strdup_printf (_("%d min"), (int) minutes);
  if (minutes % 60 == 0)
    return g_strdup_printf (_("%d h"), (int) (minutes / 60));
  return g_strdup_printf (_("%d h %d min"), (int) (minutes / 60), (int) (minutes % 60));
}

/**
 * wattle_relative_display:
 * @instant: a moment
 * @now: the present one
 *
 * Returns: (transfer full): how far off it is, such as "in 25 min" or "2 h 5 min ago", in whole minutes up
 *   to a day and in whole days beyond
 */
char *
wattle_relative_display (gint64 instant, gint64 now)
{
  gint64 minutes = ABS (instant - now) / WATTLE_MINUTE;
  int days = (int) (minutes / (24 * 60));
  g_autofree char *span = NULL;

  if (minutes == 0)
    return g_strdup (_("now"));
  span = days > 0 ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%d day", "%d days", (gulong) days), days)
                  : wattle_duration_display (minutes);
  return g_strdup_printf (instant > now ? _("in %s") : _("%s ago"), span);
}

/* The 1-based index of the name that starts with at least three letters of @word, or 0. */
static int
find_name (const char *word, const char *const *names, int n_names)
{
  gsize length = strlen (word);

  for (int i = 0; length >= 3 && i < n_names; i++)
    {
      const char *const both[] = { names[i], _(names[i]) };

      for (gsize j = 0; j < G_N_ELEMENTS (both); j++)
        {
          g_autofree char *name = g_utf8_casefold (both[j], -1);

          if (strncmp (name, word, length) == 0)
            return i + 1;
        }
    }
  return 0;
}

/* Two digits mean the century that is not more than ten years ahead: "85" is a birth, "30" may be an expiry. */
static int
complete_year (int year, gint64 today)
{
  int this_year;

  wattle_date_to_ymd (today, &this_year, NULL, NULL);
  year += this_year - this_year % 100;
  return year > this_year + 10 ? year - 100 : year;
}

/* A day without a year is the nearest to today. */
static gboolean
nearest_date (int month, int day, gint64 today, gint64 *date)
{
  gboolean found = FALSE;
  int this_year;

  wattle_date_to_ymd (today, &this_year, NULL, NULL);
  for (int year = this_year - 1; year <= this_year + 1; year++)
    {
      gint64 candidate;

      if (!wattle_date_from_ymd (year, month, day, &candidate))
        continue;
      if (!found || ABS (candidate - today) < ABS (*date - today))
        *date = candidate;
      found = TRUE;
    }
  return found;
}

static gboolean
parse_relative_day (const char *word, gint64 today, gint64 *date)
{
  static const struct
  {
    const char *word;
    int days;
  } words[] = { { N_ ("today"), 0 }, { N_ ("tomorrow"), 1 }, { N_ ("yesterday"), -1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (word, words[i].word) == 0 || strcmp (word, _(words[i].word)) == 0)
      {
        *date = today + words[i].days;
        return wattle_date_is_valid (*date);
      }
  return FALSE;
}

static int
parse_number (const char *word, gsize most_digits)
{
  gsize digits = strspn (word, "0123456789");

  if (digits == 0 || digits > most_digits || word[digits] != '\0')
    return -1;
  return (int) g_ascii_strtoll (word, NULL, 10);
}

/* Day, month, perhaps year, after an optional weekday that must be the right one. */
static gboolean
parse_words (GStrv words, gint64 today, gint64 *date)
{
  int weekday = words[0] == NULL ? 0 : find_name (words[0], weekdays, 7);
  guint first = weekday > 0 ? 1 : 0;
  guint n = g_strv_length (words) - first;
  int day, month, year;

  if (n < 2 || n > 3)
    return FALSE;
  day = parse_number (words[first], 2);
  month = parse_number (words[first + 1], 2);
  if (month < 0)
    month = find_name (words[first + 1], months, 12);
  if (n == 3)
    {
      year = parse_number (words[first + 2], 4);
      if (year >= 0 && strlen (words[first + 2]) == 2)
        year = complete_year (year, today);
      else if (strlen (words[first + 2]) != 4)
        return FALSE;
      if (!wattle_date_from_ymd (year, month, day, date))
        return FALSE;
    }
  else if (!nearest_date (month, day, today, date))
    return FALSE;
  return weekday == 0 || weekday == wattle_date_weekday (*date);
}

/* Lower case words, split where people put spaces, slashes, commas, dots and hyphens. */
static GStrv
split_words (const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_auto (GStrv) parts = g_strsplit_set (folded, " /,.-\t\n", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      g_strv_builder_add (builder, *part);
  return g_strv_builder_end (builder);
}

/**
 * wattle_date_parse_typed:
 * @text: what was typed, the day before the month: "20/11/2026", "20/11/26", "20 Nov", "Fri 20 November
 *   2026", "2026-11-20", "today", "tomorrow", "yesterday"
 * @today: the present date where the person is
 * @date: (out): the date; without a year the one nearest to @today
 * @error: set with %WATTLE_ERROR_INVALID
 *
 * Returns: %FALSE with @error when @text is no date, or names a weekday it does not fall on
 */
gboolean
wattle_date_parse_typed (const char *text, gint64 today, gint64 *date, GError **error)
{
  if (strnlen (text, 65) <= 64 && g_utf8_validate (text, -1, NULL))
    {
      g_auto (GStrv) words = split_words (text);
      g_autofree char *stripped = g_strstrip (g_strdup (text));

      if (wattle_date_parse (stripped, date, NULL))
        return TRUE;
      if (words[0] != NULL && words[1] == NULL && parse_relative_day (words[0], today, date))
        return TRUE;
      if (parse_words (words, today, date))
        return TRUE;
    }
  wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL,
                          _("This is not a date. Type day, month and year, such as 20/11/2026 or 20 Nov 2026."));
  return FALSE;
}

/* Moves past "am" or "pm", also "a.m."; -1 for neither. */
static int
scan_half (const char **at)
{
  const char *p = *at + strspn (*at, " ");
  int half = *p == 'a' ? 0 : *p == 'p' ? 1 : -1;

  if (half < 0)
    return -1;
  p++;
  p += *p == '.' ? 1 : 0;
  if (*p != 'm')
    return -1;
  p++;
  p += *p == '.' ? 1 : 0;
  *at = p;
  return half;
}

static gboolean
scan_clock (const char **at, int *hour, int *minute)
{
  gsize digits = strspn (*at, "0123456789");
  int number;

  if (digits == 0 || digits > 4)
    return FALSE;
  number = (int) g_ascii_strtoll (*at, NULL, 10);
  *at += digits;
  *hour = digits > 2 ? number / 100 : number;
  *minute = digits > 2 ? number % 100 : 0;
  if (digits > 2 || strchr (":.", **at) == NULL || **at == '\0')
    return TRUE;
  (*at)++;
  if (strspn (*at, "0123456789") != 2)
    return FALSE;
  *minute = (int) g_ascii_strtoll (*at, NULL, 10);
  *at += 2;
  return TRUE;
}

/**
 * wattle_time_parse_typed:
 * @text: what was typed: "9:30", "9.30pm", "0930", "14:00", "9 am"
 * @second_of_day: (out): the wall time, 0 to 86399; without am or pm on the 24-hour clock
 * @error: set with %WATTLE_ERROR_INVALID
 *
 * Returns: %FALSE with @error when @text is no time
 */
gboolean
wattle_time_parse_typed (const char *text, int *second_of_day, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (text, (gssize) strnlen (text, 16));
  const char *at = lower + strspn (lower, " ");
  int hour, minute, half = -1;
  gboolean good = scan_clock (&at, &hour, &minute);

  if (good)
    {
      half = scan_half (&at);
      good = at[strspn (at, " ")] == '\0' && minute < 60 && (half < 0 ? hour < 24 : hour >= 1 && hour <= 12);
    }
  if (!good)
    {
      wattle_set_field_error (error, WATTLE_ERROR_INVALID, NULL,
                              _("This is not a time of day. Type it as 9:30, 2:15 pm or 14:15."));
      return FALSE;
    }
  if (half >= 0)
    hour = hour % 12 + 12 * half;
  *second_of_day = hour * 3600 + minute * 60;
  return TRUE;
}
