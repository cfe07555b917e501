/* form-groups.h: how the fields of a record are grouped on a form
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "schema/type.h"

G_BEGIN_DECLS

#define WATTLE_FORM_END G_MAXUINT

/**
 * WattleFormGroup:
 * @type: of which record
 * @title: untranslated heading; %NULL for none
 * @fields: ends with %WATTLE_FORM_END (0 is a field)
 */
typedef struct
{
  WattleRecordType type;
  const char *title;
  WattleFieldId fields[20];
} WattleFormGroup;

const WattleFormGroup *wattle_form_groups (WattleRecordType  type,
                                           guint            *n_groups);

G_END_DECLS
