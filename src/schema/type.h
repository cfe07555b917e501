/* type.h: what a record type and a field are, and how to find them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "schema/enums.h"
#include "schema/fields.h"

G_BEGIN_DECLS

/**
 * WattleKind:
 *
 * What a field holds. In memory: text, or a #gint64.
 */
typedef enum
{
  WATTLE_KIND_STRING,     /* text of one line */
  WATTLE_KIND_TEXT,       /* text of many lines */
  WATTLE_KIND_BOOLEAN,    /* 0 or 1 */
  WATTLE_KIND_INTEGER,    /* 0 up to the field's max */
  WATTLE_KIND_MONEY,      /* cents AUD, not negative; JSON integer */
  WATTLE_KIND_DATE,       /* days since 1970-01-01; JSON "2026-11-20" */
  WATTLE_KIND_TIME,       /* minutes since midnight, wall clock; JSON "09:30" */
  WATTLE_KIND_INSTANT,    /* microseconds since the epoch; JSON RFC 3339 in UTC */
  WATTLE_KIND_ZONE,       /* text: an IANA zone */
  WATTLE_KIND_ENUM,       /* value of a WattleEnum; JSON its nick */
  WATTLE_KIND_FLAGS,      /* bit mask over a WattleEnum; JSON array of nicks */
  WATTLE_KIND_REFERENCE,  /* text: id of a record */
  WATTLE_KIND_IDENTIFIER, /* text, normalised: see schema/identifier.h */
  WATTLE_KIND_COLOUR,     /* text: #rrggbb */
  WATTLE_KIND_HASH,       /* text: 64 hexadecimal digits */
} WattleKind;

typedef enum
{
  WATTLE_FIELD_REQUIRED = 1 << 0,
  WATTLE_FIELD_INDEXED = 1 << 1,   /* a column of the rebuildable index table */
  WATTLE_FIELD_SEARCH = 1 << 2,    /* part of the search text */
  WATTLE_FIELD_CLINICAL = 1 << 3,  /* only for those who may read clinical content */
  WATTLE_FIELD_FINANCIAL = 1 << 4, /* only for those who may read money */
  WATTLE_FIELD_CONTACT = 1 << 5,   /* how to reach a person */
  WATTLE_FIELD_SERVER = 1 << 6,    /* set by operations alone, never by record.change */
  WATTLE_FIELD_IMMUTABLE = 1 << 7, /* fixed at creation */
  WATTLE_FIELD_UNIQUE = 1 << 8,    /* no two active records of a practice share it */
  WATTLE_FIELD_DIARY = 1 << 9,     /* part of the nameless projection of a diary */
  WATTLE_FIELD_STAFF = 1 << 10,    /* never for the patient */
  WATTLE_FIELD_ACCOUNT = 1 << 11,  /* part of the nameless projection of a patient's account */
} WattleFieldFlags;

/* The flags that hide a field from those who may not read its kind. */
#define WATTLE_FIELD_MASKED (WATTLE_FIELD_CLINICAL | WATTLE_FIELD_FINANCIAL | WATTLE_FIELD_CONTACT | WATTLE_FIELD_STAFF)

typedef enum
{
  WATTLE_SCOPE_PRACTICE,
  WATTLE_SCOPE_PATIENT,
  WATTLE_SCOPE_USER,
  WATTLE_SCOPE_SERVER,
} WattleScopeKind;

typedef enum
{
  WATTLE_ACCESS_PRACTICE, /* services, places, people on the staff */
  WATTLE_ACCESS_ACCOUNT,  /* devices */
  WATTLE_ACCESS_CONTACT,  /* who a patient is and how to reach them */
  WATTLE_ACCESS_SCHEDULE,
  WATTLE_ACCESS_CLINICAL,
  WATTLE_ACCESS_FINANCIAL,
  WATTLE_ACCESS_GRANT,   /* who was let into which record, and why */
  WATTLE_ACCESS_PORTAL,  /* accounts of patients: a user record that has no role but that of the patient */
  WATTLE_ACCESS_MESSAGE, /* conversations: for those who take part */
  WATTLE_ACCESS_AUDIT,
  WATTLE_N_ACCESS
} WattleAccess;

/**
 * WattleField:
 * @name: name in JSON, SQL and errors
 * @kind: what it holds
 * @flags: see #WattleFieldFlags
 * @since: schema version that brought it
 * @max: characters of text, or largest integer; 0 means the kind's own limit
 * @ref: (nullable): enum, record type or identifier kind, by nick
 * @label: untranslated label
 * @doc: one sentence
 */
typedef struct
{
  const char *name;
  WattleKind kind;
  guint flags;
  guint since;
  guint max;
  const char *ref;
  const char *label;
  const char *doc;
} WattleField;

typedef struct
{
  WattleRecordType id;
  const char *nick;
  const char *type_name;
  const WattleField *fields;
  guint n_fields;
  WattleScopeKind scope;
  const char *scope_field;
  WattleAccess access;
  const char *singular; /* untranslated */
  const char *plural;   /* untranslated */
  const char *doc;
} WattleType;

/* The version of the schema that this program speaks; a new field raises it. */
#define WATTLE_SCHEMA_VERSION 3

extern const WattleType wattle_types[WATTLE_N_RECORDS];

const WattleType  *wattle_type_get        (WattleRecordType   id);
const WattleType  *wattle_type_find       (const char        *nick);
const WattleField *wattle_field_get       (WattleFieldId      id);
gboolean           wattle_field_find      (const WattleType  *type,
                                           const char        *name,
                                           WattleFieldId     *id);
gboolean           wattle_field_is_text   (const WattleField *field);
const WattleEnum  *wattle_field_enum      (const WattleField *field);
const char        *wattle_kind_nick       (WattleKind         kind);

char              *wattle_schema_ddl      (const char        *dialect);
const char        *wattle_schema_column_type (const WattleField *field,
                                           gboolean           postgres);
gboolean           wattle_schema_has_own_index (const WattleField *field);
char              *wattle_schema_document (void);
char              *wattle_schema_lock     (void);
char              *wattle_schema_hash     (void);

G_END_DECLS
