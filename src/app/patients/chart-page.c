/* chart-page.c: what every page of a chart derives from: a view of one patient
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/patients/chart-page.h"

#include "app/widgets/feedback.h"

typedef struct
{
  char *patient_id;
} WattleChartPagePrivate;

enum
{
  PROP_0,
  PROP_PATIENT_ID,
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattleChartPage, wattle_chart_page, WATTLE_TYPE_VIEW)

static void
loaded_cb (gpointer owner, gpointer result, const GError *error)
{
  WattleChartPage *self = owner;

  if (error != NULL)
    wattle_toast (GTK_WIDGET (self), error->message);
  else
    WATTLE_CHART_PAGE_GET_CLASS (self)->show (self, result);
}

static void
refresh (WattleView *view)
{
  WattleChartPage *self = WATTLE_CHART_PAGE (view);

  wattle_view_load (view, wattle_chart_read,
                    wattle_chart_arguments (wattle_view_context (view), wattle_chart_page_patient_id (self),
                                            WATTLE_CHART_PAGE_GET_CLASS (self)->parts),
                    (GDestroyNotify) wattle_chart_free, loaded_cb);
}

static void
wattle_chart_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, wattle_chart_page_patient_id (WATTLE_CHART_PAGE (object)));
}

static void
wattle_chart_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WattleChartPagePrivate *priv = wattle_chart_page_get_instance_private (WATTLE_CHART_PAGE (object));

  priv->patient_id = g_value_dup_string (value);
}

static void
wattle_chart_page_finalize (GObject *object)
{
  WattleChartPagePrivate *priv = wattle_chart_page_get_instance_private (WATTLE_CHART_PAGE (object));

  g_free (priv->patient_id);
  G_OBJECT_CLASS (wattle_chart_page_parent_class)->finalize (object);
}

static void
wattle_chart_page_class_init (WattleChartPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wattle_chart_page_get_property;
  object_class->set_property = wattle_chart_page_set_property;
  object_class->finalize = wattle_chart_page_finalize;
  WATTLE_VIEW_CLASS (klass)->refresh = refresh;
  g_object_class_install_property (object_class, PROP_PATIENT_ID,
                                   g_param_spec_string ("patient-id", NULL, NULL, NULL,
                                                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                          | G_PARAM_STATIC_STRINGS));
}

static void
wattle_chart_page_init (WattleChartPage *self)
{
}

/**
 * wattle_chart_page_patient_id:
 * @self: a page
 *
 * Returns: whose chart it belongs to
 */
const char *
wattle_chart_page_patient_id (WattleChartPage *self)
{
  WattleChartPagePrivate *priv = wattle_chart_page_get_instance_private (self);

  return priv->patient_id;
}

/**
 * wattle_chart_page_print:
 * @self: a page
 *
 * Returns: whether there was something to print
 */
gboolean
wattle_chart_page_print (WattleChartPage *self)
{
  WattleChartPageClass *klass = WATTLE_CHART_PAGE_GET_CLASS (self);

  return klass->print != NULL && klass->print (self);
}

/**
 * wattle_chart_page_edit:
 * @self: a page
 *
 * Returns: whether there was something to change
 */
gboolean
wattle_chart_page_edit (WattleChartPage *self)
{
  WattleChartPageClass *klass = WATTLE_CHART_PAGE_GET_CLASS (self);

  return klass->edit != NULL && klass->edit (self);
}

/**
 * wattle_chart_page_back:
 * @self: a page
 *
 * Returns: whether there was something to leave
 */
gboolean
wattle_chart_page_back (WattleChartPage *self)
{
  WattleChartPageClass *klass = WATTLE_CHART_PAGE_GET_CLASS (self);

  return klass->back != NULL && klass->back (self);
}
