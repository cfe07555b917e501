/* page.h: drawing text and rules on the pages of a PDF
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* PostScript points: 1/72 inch. */
#define WATTLE_A4_WIDTH 595.28
#define WATTLE_A4_HEIGHT 841.89
#define WATTLE_A5_WIDTH 419.53
#define WATTLE_A5_HEIGHT 595.28

typedef enum
{
  WATTLE_STYLE_TITLE,
  WATTLE_STYLE_NAME,
  WATTLE_STYLE_HEADING,
  WATTLE_STYLE_STRONG,
  WATTLE_STYLE_BODY,
  WATTLE_STYLE_SMALL,
  WATTLE_STYLE_LABEL,
  WATTLE_N_STYLES
} WattleTextStyle;

typedef enum
{
  WATTLE_ALIGN_START,
  WATTLE_ALIGN_CENTRE,
  WATTLE_ALIGN_END,
} WattleTextAlign;

typedef struct _WattlePages WattlePages;

/**
 * WattlePagesInfo:
 * @width: of the page, in points
 * @height: of the page, in points
 * @margin: on every side, in points
 * @title: for the document's properties
 * @author: for the document's properties
 * @date: days since 1970-01-01; the document says it was made then, so that
 *   the same input gives the same bytes
 */
typedef struct
{
  double width;
  double height;
  double margin;
  const char *title;
  const char *author;
  gint64 date;
} WattlePagesInfo;

/* Draws everything; runs twice when the first run found more than one page. */
typedef void (*WattleDrawFunc) (WattlePages *pages, gconstpointer data);

GBytes  *wattle_pages_print   (const WattlePagesInfo *info,
                               WattleDrawFunc         draw,
                               gconstpointer          data,
                               GError               **error);

double   wattle_pages_left    (WattlePages           *self);
double   wattle_pages_right   (WattlePages           *self);
double   wattle_pages_top     (WattlePages           *self);
double   wattle_pages_bottom  (WattlePages           *self);
guint    wattle_pages_number  (WattlePages           *self);
guint    wattle_pages_total   (WattlePages           *self);
void     wattle_pages_next    (WattlePages           *self);

double   wattle_pages_text    (WattlePages           *self,
                               WattleTextStyle        style,
                               double                 x,
                               double                 y,
                               double                 width,
                               WattleTextAlign        align,
                               const char            *text);
double   wattle_pages_measure (WattlePages           *self,
                               WattleTextStyle        style,
                               double                 width,
                               const char            *text);
void     wattle_pages_rule    (WattlePages           *self,
                               double                 x1,
                               double                 x2,
                               double                 y,
                               double                 thickness);
void     wattle_pages_box     (WattlePages           *self,
                               double                 x,
                               double                 y,
                               double                 width,
                               double                 height);

G_END_DECLS
