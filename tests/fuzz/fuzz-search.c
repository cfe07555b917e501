/* fuzz-search.c: any text where somebody searches, and any line of the feed put into a store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <sodium.h>
#include <string.h>

#include "base/id.h"
#include "store/store.h"

static WattleStore *store;

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  static const char *const names[][2] = { { "Nguyễn", "O'Brien" }, { "Anna-Maria", "van der Berg" }, { "李", "Smith" } };
  WattleStoreOptions options = { .side = WATTLE_STORE_SERVER, .path = ":memory:", .readers = 1 };
  g_autoptr (WattleTransaction) transaction = NULL;

  if (sodium_init () < 0)
    return 1;
  store = wattle_store_open (&options, NULL);
  transaction = wattle_store_begin_write (store, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"type\":\"patient\",\"given_names\":\"%s\",\"family_name\":\"%s\","
                                               "\"status\":\"active\",\"birth_date\":\"1980-02-0%u\"}",
                                               names[i][0], names[i][1], i + 1);
      g_autoptr (WattleRecord) record = wattle_record_from_text (json, -1, NULL);
      g_autofree char *id = wattle_id_new ();

      wattle_record_set_id (record, id);
      g_assert_true (wattle_transaction_put (transaction, record, NULL));
    }
  g_assert_true (wattle_transaction_commit (transaction, NULL));
  return 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FUZZ_TEXT (data, size);
  g_autoptr (WattleTransaction) transaction = wattle_store_begin_read (store, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hits = wattle_transaction_search (transaction, G_MAXUINT64, text, 10, &error);

  g_assert_true ((hits == NULL) == (error != NULL));
  return 0;
}
