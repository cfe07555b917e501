/* libpq.h: PostgreSQL's own client library, loaded when a practice keeps its records there
 *
 * A practice on SQLite would carry it, and all that it brings along, for nothing: three megabytes of an idle server.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <libpq-fe.h>

G_BEGIN_DECLS

/* Every function of it that is called; the linker names one that is missing here. */
#define WATTLE_LIBPQ(each)                                                                                             \
  each (PQcancel) each (PQclear) each (PQcmdStatus) each (PQcmdTuples) each (PQconnectdbParams)                        \
    each (PQconsumeInput) each (PQenterPipelineMode) each (PQerrorMessage) each (PQexec) each (PQexecParams)           \
      each (PQfinish) each (PQfreeCancel) each (PQfreemem) each (PQgetCancel) each (PQgetResult) each (PQgetisnull)    \
        each (PQgetlength) each (PQgetvalue) each (PQnotifies) each (PQntuples) each (PQparameterStatus)               \
          each (PQpipelineSync) each (PQresultErrorField) each (PQresultMemorySize) each (PQresultStatus)              \
            each (PQsendPrepare) each (PQsendQueryPrepared) each (PQserverVersion) each (PQsetNoticeReceiver)          \
              each (PQsocket) each (PQstatus)

typedef struct
{
#define WATTLE_LIBPQ_FIELD(name) __typeof__ (&name) name;
  WATTLE_LIBPQ (WATTLE_LIBPQ_FIELD)
#undef WATTLE_LIBPQ_FIELD
} WattleLibpq;

extern WattleLibpq wattle_libpq;

gboolean wattle_libpq_load (GError **error);

#define PQcancel            wattle_libpq.PQcancel
#define PQclear             wattle_libpq.PQclear
#define PQcmdStatus         wattle_libpq.PQcmdStatus
#define PQcmdTuples         wattle_libpq.PQcmdTuples
#define PQconnectdbParams   wattle_libpq.PQconnectdbParams
#define PQconsumeInput      wattle_libpq.PQconsumeInput
#define PQenterPipelineMode wattle_libpq.PQenterPipelineMode
#define PQerrorMessage      wattle_libpq.PQerrorMessage
#define PQexec              wattle_libpq.PQexec
#define PQexecParams        wattle_libpq.PQexecParams
#define PQfinish            wattle_libpq.PQfinish
#define PQfreeCancel        wattle_libpq.PQfreeCancel
#define PQfreemem           wattle_libpq.PQfreemem
#define PQgetCancel         wattle_libpq.PQgetCancel
#define PQgetResult         wattle_libpq.PQgetResult
#define PQgetisnull         wattle_libpq.PQgetisnull
#define PQgetlength         wattle_libpq.PQgetlength
#define PQgetvalue          wattle_libpq.PQgetvalue
#define PQnotifies          wattle_libpq.PQnotifies
#define PQntuples           wattle_libpq.PQntuples
#define PQparameterStatus   wattle_libpq.PQparameterStatus
#define PQpipelineSync      wattle_libpq.PQpipelineSync
#define PQresultErrorField  wattle_libpq.PQresultErrorField
#define PQresultMemorySize  wattle_libpq.PQresultMemorySize
#define PQresultStatus      wattle_libpq.PQresultStatus
#define PQsendPrepare       wattle_libpq.PQsendPrepare
#define PQsendQueryPrepared wattle_libpq.PQsendQueryPrepared
#define PQserverVersion     wattle_libpq.PQserverVersion
#define PQsetNoticeReceiver wattle_libpq.PQsetNoticeReceiver
#define PQsocket            wattle_libpq.PQsocket
#define PQstatus            wattle_libpq.PQstatus

G_END_DECLS
