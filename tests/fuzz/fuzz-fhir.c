/* fuzz-fhir.c: any bytes as a FHIR file: it is taken or refused, and a second time takes nothing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "ctl/fhir/import.h"

#include <sodium.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/id.h"

/* What was imported fills the store, so it is emptied now and then. */
#define INPUTS_PER_STORE 2000

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static WattleStore *store;

static void
put (WattleTransaction *transaction, const char *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WattleRecord) record = wattle_record_from_text (json, -1, &error);
  g_autofree char *id = wattle_id_new ();

  g_assert_no_error (error);
  wattle_record_set_id (record, id);
  wattle_transaction_put (transaction, record, &error);
  g_assert_no_error (error);
}

static void
open_store (void)
{
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:", .readers = 1 };
  g_autoptr (WattleTransaction) transaction = NULL;

  if (store != NULL)
    wattle_store_close (store, NULL);
  g_clear_object (&store);
  store = wattle_store_open (&options, NULL);
  transaction = wattle_store_begin_write (store, NULL);
  put (transaction, "{\"type\":\"practice\",\"name\":\"P\",\"zone\":\"Australia/Sydney\"}");
  put (transaction, "{\"type\":\"location\",\"name\":\"L\",\"zone\":\"Australia/Sydney\",\"state_code\":\"NSW\"}");
  g_assert_true (wattle_transaction_commit (transaction, NULL));
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  return sodium_init () < 0;
}

static gboolean
import (const char *text, gsize size, guint *made)
{
  g_autoptr (WattleFhirReport) report = wattle_fhir_report_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  guint missing;
  gboolean ok = wattle_fhir_import_text (store, text, size, "fuzz", "fuzz", report, &missing, NULL, &error);

  g_assert_true (ok == (error == NULL));
  words = wattle_fhir_report_json (report);
  *made = wattle_fhir_report_total (report, WATTLE_FHIR_NEW) + wattle_fhir_report_total (report, WATTLE_FHIR_CHANGED);
  return ok;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static guint inputs;
  guint first, second, third;

  if (inputs++ % INPUTS_PER_STORE == 0)
    open_store ();
  /* Two resources of one id in one file may change it each time: the third time is compared. */
  if (import ((const char *) data, size, &first))
    {
      g_assert_true (import ((const char *) data, size, &second));
      g_assert_true (import ((const char *) data, size, &third));
      g_assert_cmpuint (third, <=, second);
    }
  return 0;
}
