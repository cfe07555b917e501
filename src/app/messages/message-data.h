/* message-data.h: conversations as they are shown, read from the cache in one go
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/context.h"
#include "app/widgets/entry.h"
#include "domain/messaging.h"

G_BEGIN_DECLS

typedef enum
{
  WATTLE_THREADS_CURRENT,
  WATTLE_THREADS_NEED_REPLY,
  WATTLE_THREADS_ARCHIVED,
} WattleThreadFilter;

/**
 * WattleThreads:
 * @entries: (element-type WattleEntry): conversations, and visits that one could begin with; the latest first
 * @unread: messages that the person has not read, in all of them
 * @n_need_reply: conversations that need a reply
 */
typedef struct
{
  GPtrArray *entries;
  guint unread;
  guint n_need_reply;
} WattleThreads;

/**
 * WattleConversation:
 * @thread: (nullable): none while nobody has written
 * @visit: (nullable): the visit that it is about
 * @title: who
 * @subtitle: when, or what about
 * @phase: what can be done in it
 * @opens_at: from when on, when it is not open yet
 * @messages: (element-type WattleRecord): oldest first
 * @n_messages: how many there are in all
 * @marks: (element-type WattleRecord): of the others
 * @read_upto: how far the person has read
 * @templates: (element-type WattleRecord): of the practice
 * @documents: (element-type WattleRecord): id to the file of a message
 */
typedef struct
{
  WattleRecord *thread;
  WattleRecord *visit;
  char *title;
  char *subtitle;
  WattleThreadPhase phase;
  gint64 opens_at;
  GPtrArray *messages;
  gint64 n_messages;
  GPtrArray *marks;
  gint64 read_upto;
  GPtrArray *templates;
  GHashTable *documents;
} WattleConversation;

GVariant *wattle_threads_arguments      (WattleContext      *context,
                                         WattleThreadFilter  filter,
                                         const char         *typed);
gpointer  wattle_threads_read           (WattleTransaction  *transaction,
                                         gpointer            arguments,
                                         GCancellable       *cancellable,
                                         GError            **error);
void      wattle_threads_free           (WattleThreads      *self);
GVariant *wattle_conversation_arguments (WattleContext      *context,
                                         WattleRecordType    type,
                                         const char         *id,
                                         guint               shown);
gpointer  wattle_conversation_read      (WattleTransaction  *transaction,
                                         gpointer            arguments,
                                         GCancellable       *cancellable,
                                         GError            **error);
void      wattle_conversation_free      (WattleConversation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleThreads, wattle_threads_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WattleConversation, wattle_conversation_free)

G_END_DECLS
