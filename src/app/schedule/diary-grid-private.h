/* diary-grid-private.h: what the files of the diary's grid share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "app/schedule/diary-grid.h"
#include "app/schedule/visit-box.h"

G_BEGIN_DECLS

/* Minutes to which what is dragged keeps. */
#define WATTLE_GRID_SNAP 5
/* Pixels between a visit and the edge of its column. */
#define WATTLE_GRID_GAP 2

typedef enum
{
  WATTLE_GHOST_NONE,
  WATTLE_GHOST_NEW,
  WATTLE_GHOST_MOVE,
  WATTLE_GHOST_LENGTHEN,
} WattleGhostMode;

/* What is being made, moved or lengthened, as it would be if let go now. */
typedef struct
{
  WattleGhostMode mode;
  gboolean by_keys;
  char *id;
  char *who;
  gint64 length;
  guint lane;
  int from;
  int to;
  int grab; /* minutes between the top of the visit and the pointer */
  gboolean possible;
  gboolean taken;
  gint64 starts;
  gint64 ends;
} WattleGhost;

struct _WattleDiaryGrid
{
  GtkWidget parent;
  WattleDiary *diary;
  int slot_minutes;
  gboolean may_book;
  gint64 now;
  double zoom;
  GPtrArray *boxes; /* those that are shown, in the order of the diary */
  GPtrArray *pool;  /* those that wait, hidden, for other visits */
  WattleGhost ghost;
  GtkGesture *drag;
  char *held; /* id of the visit that the pointer went down on; boxes come and go meanwhile */
  gboolean dragging;
  double pointer_x;
  double pointer_y;
  guint scroller;
  guint cursor_lane;
  int cursor_at; /* position; -1 before there is one */
};

typedef enum
{
  WATTLE_GRID_OPEN,
  WATTLE_GRID_BOOK,
  WATTLE_GRID_MOVE,
  WATTLE_GRID_CANCEL,
  WATTLE_GRID_PAGE,
  WATTLE_GRID_HINT,
  WATTLE_GRID_ZOOMED,
  WATTLE_GRID_N_SIGNALS
} WattleGridSignal;

extern guint wattle_grid_signals[WATTLE_GRID_N_SIGNALS];

guint wattle_grid_n_lanes (WattleDiaryGrid *self);
guint wattle_grid_day_of (WattleDiaryGrid *self, guint lane);
const WattleDiaryPerson *wattle_grid_person_of (WattleDiaryGrid *self, guint lane);
gboolean wattle_grid_is_empty (WattleDiaryGrid *self);
double wattle_grid_position_at (WattleDiaryGrid *self, double y);
guint wattle_grid_lane_at (WattleDiaryGrid *self, double x);
void wattle_grid_lane_bounds (WattleDiaryGrid *self, guint lane, float *left, float *right);
WattleVisitBox *wattle_grid_focused_box (WattleDiaryGrid *self);
WattleVisitBox *wattle_grid_box_at (WattleDiaryGrid *self, double x, double y);
WattleVisitBox *wattle_grid_box_on (WattleDiaryGrid *self, guint lane, int position);
char *wattle_grid_label_ghost (WattleDiaryGrid *self);
void wattle_grid_say (WattleDiaryGrid *self, const char *text);
char *wattle_grid_describe (WattleDiaryGrid *self, guint lane, const char *text);
void wattle_grid_update_ghost (WattleDiaryGrid *self);
void wattle_grid_scroll_to (WattleDiaryGrid *self, int from, int to);
void wattle_grid_dim_held (WattleDiaryGrid *self, const char *id);
void wattle_grid_drop_ghost (WattleDiaryGrid *self);
void wattle_grid_take_ghost (WattleDiaryGrid *self, WattleGhostMode mode, const WattleDiaryBox *box, gboolean by_keys);
void wattle_grid_keep_ghost (WattleDiaryGrid *self);
void wattle_grid_book_at (WattleDiaryGrid *self, guint lane, int position);
void wattle_grid_select_at (WattleDiaryGrid *self, guint lane, int position);
gboolean wattle_grid_focus (GtkWidget *widget, GtkDirectionType direction);
void wattle_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);
void wattle_grid_add_pointer (WattleDiaryGrid *self);
void wattle_grid_add_keys (WattleDiaryGrid *self);

G_END_DECLS
