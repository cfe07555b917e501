/* practice.h: a small practice in memory, and operations run against it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "domain/policy.h"
#include "memory-reader.h"

G_BEGIN_DECLS

/* Monday, 23 November 2026, 9:00 in Sydney. */
#define NOW (G_GINT64_CONSTANT (1795384800) * G_USEC_PER_SEC)

/**
 * Practice:
 *
 * One location, two clinicians, three patients (two of the first clinician), a
 * service with a price. Ids are made from names with id_of().
 */
typedef struct
{
  WattleMemoryReader *memory;
  gint64 numbers;
  gint64 now;
  guint n_operations;
} Practice;

Practice      *practice_new       (void);
void           practice_free      (Practice    *self);
WattleActor    practice_actor     (const char  *user,
                                   int          role);
const char    *id_of              (const char  *name);
WattleRecord  *practice_get       (Practice    *self,
                                   WattleRecordType type,
                                   const char  *name);
void           practice_put       (Practice    *self,
                                   const char  *format,
                                   ...) G_GNUC_PRINTF (2, 3);
WattleOutcome *practice_run       (Practice    *self,
                                   WattleActor  actor,
                                   gboolean     authority,
                                   const char  *operation_id,
                                   const char  *name,
                                   const char  *args,
                                   GError     **error);
gboolean       practice_do        (Practice    *self,
                                   WattleActor  actor,
                                   const char  *name,
                                   GError     **error,
                                   const char  *format,
                                   ...) G_GNUC_PRINTF (5, 6);

#define assert_refused(practice, actor, name, code_, field_, ...) \
  G_STMT_START \
  { \
    g_autoptr (GError) refusal = NULL; \
    g_assert_false (practice_do (practice, actor, name, &refusal, __VA_ARGS__)); \
    g_assert_error (refusal, WATTLE_ERROR, code_); \
    g_assert_cmpstr (wattle_error_get_field (refusal), ==, field_); \
    g_assert_cmpuint (strlen (refusal->message), >, 10); \
  } \
  G_STMT_END

#define assert_done(practice, actor, name, ...) \
  G_STMT_START \
  { \
    g_autoptr (GError) failure = NULL; \
    practice_do (practice, actor, name, &failure, __VA_ARGS__); \
    g_assert_no_error (failure); \
  } \
  G_STMT_END

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Practice, practice_free)

G_END_DECLS
