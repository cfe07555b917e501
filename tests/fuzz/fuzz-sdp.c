/* fuzz-sdp.c: any bytes as description and as candidate of another side
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fuzz.h"

#include <string.h>

#include "telehealth/sdp.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  WattleSdp sdp;
  WattleSdp again;
  WattleCandidate candidate;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) candidate_error = NULL;
  g_autofree char *clean = wattle_sdp_clean ((const char *) data, size, &sdp, &error);

  g_assert_true ((clean == NULL) == (error != NULL));
  if (clean != NULL)
    {
      g_autofree char *same = NULL;

      g_assert_true (g_str_is_ascii (clean));
      g_assert_true (sdp.n_sections > 0 && sdp.n_sections <= WATTLE_SDP_MAX_SECTIONS);
      /* What was cleaned is good and stays as it is, as long as line ends did not make it too long. */
      same = wattle_sdp_clean (clean, strlen (clean), &again, NULL);
      if (strlen (clean) <= WATTLE_SDP_MAX_BYTES)
        {
          g_assert_cmpstr (same, ==, clean);
          g_assert_cmpint (memcmp (&sdp, &again, sizeof sdp), ==, 0);
        }
    }
  g_assert_true (wattle_candidate_parse ((const char *) data, size, &candidate, &candidate_error)
                 == (candidate_error == NULL));
  return 0;
}
