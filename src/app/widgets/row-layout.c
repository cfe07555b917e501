/* row-layout.c: what stands in a row: beside each other, or below where letters are large and the row is narrow
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/row-layout.h"

/* As the style gives to the box of an AdwActionRow. */
#define GAP 6

#define WATTLE_TYPE_ROW_LAYOUT (wattle_row_layout_get_type ())
G_DECLARE_FINAL_TYPE (WattleRowLayout, wattle_row_layout, WATTLE, ROW_LAYOUT, GtkLayoutManager)

struct _WattleRowLayout
{
  GtkLayoutManager parent;
};

typedef struct
{
  GtkWidget *child;
  int least;
  int width;
} Cell;

G_DEFINE_FINAL_TYPE (WattleRowLayout, wattle_row_layout, GTK_TYPE_LAYOUT_MANAGER)

/* The children that are seen, with the width each wants. */
static GArray *
cells_of (GtkWidget *widget)
{
  GArray *cells = g_array_new (FALSE, FALSE, sizeof (Cell));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      Cell cell = { .child = child };

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &cell.least, &cell.width, NULL, NULL);
      g_array_append_val (cells, cell);
    }
  return cells;
}

/* The least that all of them need beside each other. */
static int
least_of (GArray *cells)
{
  int least = GAP * MAX ((int) cells->len - 1, 0);

  for (guint i = 0; i < cells->len; i++)
    least += g_array_index (cells, Cell, i).least;
  return least;
}

/* What is left goes to those that expand; what is missing is taken from those that can do with less. Where even that
 * is too much, @stacked says that each has a line of its own. */
static GArray *
cells_in (GtkWidget *widget, int room, gboolean *stacked)
{
  GArray *cells = cells_of (widget);
  g_autofree GtkRequestedSize *sizes = g_new0 (GtkRequestedSize, cells->len + 1);
  guint n_expanding = 0;

  *stacked = room < least_of (cells);
  for (guint i = 0; *stacked && i < cells->len; i++)
    g_array_index (cells, Cell, i).width = room;
  if (*stacked)
    return cells;
  room -= GAP * ((int) cells->len - 1);
  for (guint i = 0; i < cells->len; i++)
    {
      const Cell *cell = &g_array_index (cells, Cell, i);

      sizes[i] = (GtkRequestedSize){ cell->child, cell->least, cell->width };
      n_expanding += gtk_widget_compute_expand (cell->child, GTK_ORIENTATION_HORIZONTAL);
      room -= cell->least;
    }
  room = gtk_distribute_natural_allocation (MAX (room, 0), cells->len, sizes);
  for (guint i = 0; i < cells->len; i++)
    {
      Cell *cell = &g_array_index (cells, Cell, i);
      int more = 0;

      if (gtk_widget_compute_expand (cell->child, GTK_ORIENTATION_HORIZONTAL))
        more = room / (int) n_expanding--;
      cell->width = sizes[i].minimum_size + more;
      room -= more;
    }
  return cells;
}

static GtkSizeRequestMode
get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkLayoutManager *manager,
         GtkWidget *widget,
         GtkOrientation orientation,
         int for_size,
         int *minimum,
         int *natural,
         int *minimum_baseline,
         int *natural_baseline)
{
  gboolean vertical = orientation == GTK_ORIENTATION_VERTICAL;
  gboolean stacked = FALSE;
  g_autoptr (GArray) cells = vertical && for_size >= 0 ? cells_in (widget, for_size, &stacked) : cells_of (widget);
  int between = stacked ? GAP * ((int) cells->len + 1) : vertical ? 0 : GAP * MAX ((int) cells->len - 1, 0);

  *minimum = stacked ? between : 0;
  *natural = between;
  for (guint i = 0; i < cells->len; i++)
    {
      const Cell *cell = &g_array_index (cells, Cell, i);
      int least = cell->least;
      int wanted = cell->width;

      if (vertical)
        gtk_widget_measure (cell->child, orientation, for_size >= 0 ? cell->width : -1, &least, &wanted, NULL, NULL);
      *minimum = stacked ? *minimum + least : MAX (*minimum, least);
      *natural = stacked || !vertical ? *natural + wanted : MAX (*natural, wanted);
    }
}

static void
allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  gboolean stacked;
  g_autoptr (GArray) cells = cells_in (widget, width, &stacked);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkAllocation place = { .y = stacked ? GAP : 0 };

  for (guint i = 0; i < cells->len; i++)
    {
      const Cell *cell = &g_array_index (cells, Cell, i);
      GtkAllocation given = place;

      gtk_widget_measure (cell->child, GTK_ORIENTATION_VERTICAL, cell->width, NULL, &given.height, NULL, NULL);
      given.width = cell->width;
      if (stacked)
        place.y += given.height + GAP;
      else
        {
          given.height = MIN (given.height, height);
          given.x = rtl ? width - place.x - cell->width : place.x;
          given.y = (height - given.height) / 2;
          place.x += cell->width + GAP;
        }
      gtk_widget_size_allocate (cell->child, &given, -1);
    }
}

static void
wattle_row_layout_class_init (WattleRowLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = get_request_mode;
  layout_class->measure = measure;
  layout_class->allocate = allocate;
}

static void
wattle_row_layout_init (WattleRowLayout *self)
{
}

/**
 * wattle_row_layout_use:
 * @box: a box beside whose other children stands text that wraps, such as the child of an AdwActionRow
 *
 * A GtkBox asks each child which width it needs for the height that it has been
 * given, and a label that wraps answers by laying out its text some fifty times:
 * half of the time until the window showed the day. A row gives the width, and
 * only ever asks for the height.
 */
void
wattle_row_layout_use (GtkWidget *box)
{
  gtk_widget_set_layout_manager (box, g_object_new (WATTLE_TYPE_ROW_LAYOUT, NULL));
  for (GtkWidget *child = gtk_widget_get_first_child (box); child; child = gtk_widget_get_next_sibling (child))
    gtk_widget_set_valign (child, GTK_ALIGN_FILL);
}
