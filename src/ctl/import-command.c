/* import-command.c: wattlectl import fhir: files one by one, and again while they find each other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "ctl/ctl.h"
#include "ctl/fhir/import.h"
#include "ctl/progress.h"

/* Files point into each other: PractitionerRole to Location, Encounter to both. No such chain is longer. */
#define MAX_ROUNDS 6
#define LONGEST_SOURCE 60

typedef struct
{
  WattleCtl *ctl;
  WattleStore *store;
  const char *source;
  char **files;
  guint n_files;
  WattleFhirReport **reports; /* of each file */
  guint *missing;
  guint at; /* the file in hand */
  WattleProgress progress;
} Import;

static gboolean
is_fatal (const GError *error)
{
  switch (wattle_error_get_code (error))
    {
    case WATTLE_ERROR_INVALID:
    case WATTLE_ERROR_TOO_LARGE:
    case WATTLE_ERROR_UNSUPPORTED:
    case WATTLE_ERROR_NOT_FOUND:
    case WATTLE_ERROR_FORBIDDEN:
    case WATTLE_ERROR_FAILED:
      return FALSE;
    default:
      return TRUE;
    }
}

static char *
sentence_of (const GError *error)
{
  const char *field = wattle_error_get_field (error);

  return field != NULL ? g_strconcat (field, ": ", error->message, NULL) : g_strdup (error->message);
}

static void
show_progress (goffset done, goffset total, gpointer data)
{
  Import *self = data;

  wattle_progress_show (&self->progress, _("Importing"), (self->at + (double) done / total) / self->n_files);
}

/* What the first round made is new in the report, whatever a later round finds unchanged. */
static gboolean
import_one (Import *self, guint i, GError **error)
{
  WattleFhirReport *report = wattle_fhir_report_new ();
  g_autoptr (GError) local = NULL;
  const WattleFhirWatch watch = { show_progress, self, self->ctl->cancellable };

  self->at = i;
  if (!wattle_fhir_import_file (self->store, self->files[i], self->source, report, &self->missing[i], &watch, &local))
    {
      g_autofree char *sentence = sentence_of (local);

      wattle_fhir_report_free (report);
      if (is_fatal (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      report = wattle_fhir_report_new ();
      wattle_fhir_report_fail (report, self->files[i], sentence);
      self->missing[i] = 0;
    }
  if (self->reports[i] != NULL)
    wattle_fhir_report_add_round (self->reports[i], report);
  else
    self->reports[i] = g_steal_pointer (&report);
  wattle_fhir_report_free (report);
  return TRUE;
}

static gboolean
import_round (Import *self, guint round, guint *waiting, GError **error)
{
  guint before = *waiting;

  *waiting = 0;
  for (guint i = 0; i < self->n_files; i++)
    {
      if ((round == 0 || self->missing[i] > 0) && !import_one (self, i, error))
        return FALSE;
      *waiting += self->missing[i];
    }
  if (round > 0 && *waiting >= before)
    *waiting = 0; /* nothing was found: what is missing is in none of the files */
  return TRUE;
}

static gboolean
import_all (Import *self, GError **error)
{
  guint waiting = 0;

  for (guint round = 0; round < MAX_ROUNDS && (round == 0 || waiting > 0); round++)
    if (!import_round (self, round, &waiting, error))
      return FALSE;
  return TRUE;
}

static WattleCtlExit
say_what_happened (Import *self, const char *report_file, GError **error)
{
  g_autoptr (WattleFhirReport) sum = wattle_fhir_report_new ();
  g_autofree char *text = NULL;
  g_autofree char *json = NULL;

  for (guint i = 0; i < self->n_files; i++)
    if (self->reports[i] != NULL)
      wattle_fhir_report_merge (sum, self->reports[i]);
  text = wattle_fhir_report_text (sum);
  json = wattle_fhir_report_json (sum);
  g_print ("%s", text);
  if (report_file != NULL && !wattle_file_replace (report_file, json, strlen (json), *error == NULL ? error : NULL))
    return WATTLE_CTL_FAILED;
  return wattle_fhir_report_failures (sum) > 0 ? WATTLE_CTL_FINDINGS : WATTLE_CTL_DONE;
}

static WattleCtlExit
run (Import *self, const char *report_file, GError **error)
{
  gboolean ok;
  WattleCtlExit exit;

  self->reports = g_new0 (WattleFhirReport *, self->n_files);
  self->missing = g_new0 (guint, self->n_files);
  ok = import_all (self, error);
  wattle_progress_end (&self->progress);
  exit = say_what_happened (self, report_file, error);
  if (!ok)
    g_printerr ("%s\n", _("It stopped there: the files before are kept whole, this one not at all."));
  for (guint i = 0; i < self->n_files; i++)
    wattle_fhir_report_free (self->reports[i]);
  g_free (self->reports);
  g_free (self->missing);
  return exit;
}

static gboolean
check_source (const char *source, GError **error)
{
  if (*source != '\0' && strlen (source) <= LONGEST_SOURCE && strpbrk (source, " \t\r\n|") == NULL
      && g_utf8_validate (source, -1, NULL))
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("--source takes a short name without spaces, such as oldsystem."));
  return FALSE;
}

WattleCtlExit
wattle_ctl_import (WattleCtl *ctl, char **argv, GError **error)
{
  g_autofree char *source = NULL;
  g_autofree char *report_file = NULL;
  const GOptionEntry entries[] = {
    { "source", 0, 0, G_OPTION_ARG_STRING, &source, NULL, NULL },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &report_file, NULL, NULL },
    { NULL },
  };
  g_autoptr (WattleDirectoryLock) lock = NULL;
  g_autoptr (WattleStore) store = NULL;
  Import self = { .ctl = ctl };

  if (!wattle_ctl_options (ctl, "import fhir", entries, &argv, 1, G_MAXINT, error))
    return WATTLE_CTL_USAGE;
  /* The parser of options forgets what stood there before it. */
  if (source == NULL)
    source = g_strdup ("fhir");
  if (!check_source (source, error))
    return WATTLE_CTL_USAGE;
  store = wattle_ctl_open (ctl, TRUE, &lock, error);
  if (store == NULL)
    return WATTLE_CTL_FAILED;
  self.store = store;
  self.source = source;
  self.files = argv;
  self.n_files = g_strv_length (argv);
  return run (&self, report_file, error);
}
