/* line.h: a socket of messages to the server, behind an interface so that tests can be the server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The longest message of a room, in bytes, either way. */
#define WATTLE_LINE_MAX_MESSAGE (64 * 1024)

/**
 * WattleLineEvent:
 * @WATTLE_LINE_OPENED: messages can be sent
 * @WATTLE_LINE_MESSAGE: one came
 * @WATTLE_LINE_CLOSED: it could not be opened, or is gone; nothing follows
 */
typedef enum
{
  WATTLE_LINE_OPENED,
  WATTLE_LINE_MESSAGE,
  WATTLE_LINE_CLOSED
} WattleLineEvent;

/**
 * WattleLineFunc:
 * @event: what happened
 * @text: (nullable): the message, at most %WATTLE_LINE_MAX_MESSAGE bytes
 * @data: of wattle_line_open()
 */
typedef void (*WattleLineFunc) (WattleLineEvent event, const char *text, gpointer data);

#define WATTLE_TYPE_LINE (wattle_line_get_type ())
G_DECLARE_INTERFACE (WattleLine, wattle_line, WATTLE, LINE, GObject)

/**
 * WattleLineInterface:
 * @open: opens the socket below /v1 at @path, closing the one before; @func is called later, never at once
 * @send: sends a message; nothing when the socket is not open
 * @close: closes it; @func is not called any more
 */
struct _WattleLineInterface
{
  GTypeInterface parent_interface;
  void (*open) (WattleLine *self, const char *path, WattleLineFunc func, gpointer data);
  void (*send) (WattleLine *self, const char *text);
  void (*close) (WattleLine *self);
};

void        wattle_line_open     (WattleLine     *self,
                                  const char     *path,
                                  WattleLineFunc  func,
                                  gpointer        data);
void        wattle_line_send     (WattleLine     *self,
                                  const char     *text);
void        wattle_line_close    (WattleLine     *self);
WattleLine *wattle_line_soup_new (const char     *server_url);

G_END_DECLS
