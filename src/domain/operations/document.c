/* document.c: putting files into a patient's record
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "domain/operations/operations.h"

/* What a blob may be (the limit of its route). */
#define MAX_SIZE (25 * 1024 * 1024)

gboolean
wattle_document_check_size (WattleRecord *document, GError **error)
{
  return wattle_record_get_integer (document, WATTLE_DOCUMENT_SIZE) <= MAX_SIZE
         || wattle_refuse (error, WATTLE_ERROR_TOO_LARGE, "size", _("A document has at most 25 MB."));
}

WATTLE_APPLY (document_file)
{
  g_autoptr (WattleRecord) document = wattle_arg_record (args, "document", error);

  if (document == NULL || !wattle_take_id (context, document, "document", error))
    return FALSE;
  if (!wattle_document_check_size (document, error))
    return FALSE;
  if (wattle_record_get_integer (document, WATTLE_DOCUMENT_KIND) == WATTLE_DOCUMENT_KIND_MESSAGE)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "kind", _("The file of a message is sent with it."));
  if (wattle_record_get_integer (document, WATTLE_DOCUMENT_KIND) == WATTLE_DOCUMENT_KIND_RECORDING)
    return wattle_refuse (error, WATTLE_ERROR_INVALID, "kind", _("A recording is filed by the call that it is of."));
  wattle_record_set_string (document, WATTLE_DOCUMENT_AUTHOR, context->actor->user);
  wattle_outcome_put (outcome, document);
  return TRUE;
}
