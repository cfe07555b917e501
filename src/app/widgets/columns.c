/* columns.c: children side by side where there is room, below each other where there is not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/columns.h"

#define GAP 24
/* A column narrower than this, with letters of the usual size, breaks names over lines. */
#define LEAST_COLUMN 330
#define USUAL_DPI (96 * PANGO_SCALE)

#define WATTLE_TYPE_COLUMNS_LAYOUT (wattle_columns_layout_get_type ())
G_DECLARE_FINAL_TYPE (WattleColumnsLayout, wattle_columns_layout, WATTLE, COLUMNS_LAYOUT, GtkLayoutManager)

struct _WattleColumnsLayout
{
  GtkLayoutManager parent;
};

struct _WattleColumns
{
  GtkWidget parent;
};

G_DEFINE_FINAL_TYPE (WattleColumnsLayout, wattle_columns_layout, GTK_TYPE_LAYOUT_MANAGER)
G_DEFINE_FINAL_TYPE (WattleColumns, wattle_columns, GTK_TYPE_WIDGET)

static int
count (GtkWidget *widget)
{
  int n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    n += gtk_widget_should_layout (child);
  return n;
}

/* Larger letters need wider columns. */
static int
room_for (GtkWidget *widget, int n)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  return n * (int) ((gint64) LEAST_COLUMN * MAX (dpi, USUAL_DPI) / USUAL_DPI) + (n - 1) * GAP;
}

static gboolean
side_by_side (GtkWidget *widget, int n, int width)
{
  return n > 1 && width >= room_for (widget, n);
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
  int n = count (widget);
  gboolean side = side_by_side (widget, n, for_size);
  int width = side ? (for_size - (n - 1) * GAP) / n : for_size;

  *minimum = *natural = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      int least = 0;
      int wanted = 0;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, orientation, orientation == GTK_ORIENTATION_VERTICAL ? width : -1, &least, &wanted,
                          NULL, NULL);
      if (orientation == GTK_ORIENTATION_VERTICAL && !side)
        {
          *minimum += least + (*minimum > 0 ? GAP : 0);
          *natural += wanted + (*natural > 0 ? GAP : 0);
        }
      else
        {
          *minimum = MAX (*minimum, least);
          *natural = MAX (*natural, wanted);
        }
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*natural, room_for (widget, n));
}

/* A column is as high as it wants, and fills that: a child that stood at the top of more room would be asked for the
 * width that it needs for its height, and all the text in it be laid out some fifty times. */
static void
allocate (GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
  int n = count (widget);
  gboolean side = side_by_side (widget, n, width);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int column = side ? (width - (n - 1) * GAP) / n : width;
  int y = 0;
  int i = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      int wanted;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, column, NULL, &wanted, NULL, NULL);
      gtk_widget_size_allocate (
        child, &(GtkAllocation){ side ? (rtl ? n - 1 - i : i) * (column + GAP) : 0, y, column, wanted }, -1);
      if (!side)
        y += wanted + GAP;
      i++;
    }
}

static void
wattle_columns_layout_class_init (WattleColumnsLayoutClass *klass)
{
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  layout_class->get_request_mode = get_request_mode;
  layout_class->measure = measure;
  layout_class->allocate = allocate;
}

static void
wattle_columns_layout_init (WattleColumnsLayout *self)
{
}

static void
wattle_columns_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wattle_columns_parent_class)->dispose (object);
}

static void
wattle_columns_class_init (WattleColumnsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = wattle_columns_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), WATTLE_TYPE_COLUMNS_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
wattle_columns_init (WattleColumns *self)
{
}
