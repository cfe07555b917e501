/* view.c: what every place of the window derives from
 *
 * A view has the property "context". It refreshes when it is seen and the rows
 * it reads have changed; while it is out of sight it only remembers that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "app/widgets/view.h"

typedef struct
{
  WattleContext *context;
  GHashTable *loads; /* WattleStoreWork to GCancellable */
  gboolean stale;
} WattleViewPrivate;

enum
{
  PROP_0,
  PROP_CONTEXT,
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WattleView, wattle_view, ADW_TYPE_BIN)

static void
refresh_if_seen (WattleView *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    wattle_view_begin (self);
}

static void
changed_cb (WattleContext *context, guint64 types, WattleView *self)
{
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);

  if ((types & WATTLE_VIEW_GET_CLASS (self)->reads) == 0)
    return;
  priv->stale = TRUE;
  refresh_if_seen (self);
}

static void
wattle_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wattle_view_parent_class)->map (widget);
  refresh_if_seen (WATTLE_VIEW (widget));
}

static void
wattle_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, wattle_view_context (WATTLE_VIEW (object)));
}

static void
wattle_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  WattleView *self = WATTLE_VIEW (object);
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);

  if (priv->context == g_value_get_object (value))
    return;
  if (priv->context != NULL)
    g_signal_handlers_disconnect_by_data (priv->context, self);
  g_set_object (&priv->context, g_value_get_object (value));
  if (priv->context != NULL)
    g_signal_connect (priv->context, "changed", G_CALLBACK (changed_cb), self);
  priv->stale = TRUE;
  g_object_notify_by_pspec (object, pspec);
  refresh_if_seen (self);
}

static void
wattle_view_dispose (GObject *object)
{
  WattleView *self = WATTLE_VIEW (object);
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);
  g_autolist (GCancellable) loads = g_hash_table_get_values (priv->loads);

  for (GList *l = loads; l != NULL; l = l->next)
    g_object_ref (l->data);
  /* Whoever hears of it may load something else, or be done. */
  g_hash_table_remove_all (priv->loads);
  for (GList *l = loads; l != NULL; l = l->next)
    g_cancellable_cancel (l->data);
  if (priv->context != NULL)
    g_signal_handlers_disconnect_by_data (priv->context, self);
  g_clear_object (&priv->context);
  G_OBJECT_CLASS (wattle_view_parent_class)->dispose (object);
}

static void
wattle_view_finalize (GObject *object)
{
  WattleViewPrivate *priv = wattle_view_get_instance_private (WATTLE_VIEW (object));

  g_hash_table_unref (priv->loads);
  G_OBJECT_CLASS (wattle_view_parent_class)->finalize (object);
}

static void
wattle_view_class_init (WattleViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = wattle_view_get_property;
  object_class->set_property = wattle_view_set_property;
  object_class->dispose = wattle_view_dispose;
  object_class->finalize = wattle_view_finalize;
  GTK_WIDGET_CLASS (klass)->map = wattle_view_map;
  g_object_class_install_property (object_class, PROP_CONTEXT,
                                   g_param_spec_object ("context", NULL, NULL, WATTLE_TYPE_CONTEXT,
                                                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                          | G_PARAM_STATIC_STRINGS));
}

static void
wattle_view_init (WattleView *self)
{
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);

  priv->loads = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
}

/**
 * wattle_view_context:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): the context it was given
 */
WattleContext *
wattle_view_context (WattleView *self)
{
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);

  return priv->context;
}

/**
 * wattle_view_begin:
 * @self: a view that is about to be seen
 *
 * Reads what has changed at once, so that it is there when the first frame is drawn.
 */
void
wattle_view_begin (WattleView *self)
{
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);
  WattleViewClass *klass = WATTLE_VIEW_GET_CLASS (self);

  if (!priv->stale || priv->context == NULL || !wattle_context_is_ready (priv->context))
    return;
  priv->stale = FALSE;
  if (klass->refresh != NULL)
    klass->refresh (self);
}

/**
 * wattle_view_refresh:
 * @self: a view
 *
 * Reads again now when it is seen, otherwise when it will be.
 */
void
wattle_view_refresh (WattleView *self)
{
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);

  priv->stale = TRUE;
  refresh_if_seen (self);
}

/**
 * wattle_view_create:
 * @self: a view
 *
 * Returns: whether it began to make a new one of what it holds
 */
gboolean
wattle_view_create (WattleView *self)
{
  WattleViewClass *klass = WATTLE_VIEW_GET_CLASS (self);

  return klass->create != NULL && klass->create (self);
}

/**
 * wattle_view_reveal:
 * @self: a view
 * @type: what it is
 * @id: its id
 *
 * Returns: whether it shows it
 */
gboolean
wattle_view_reveal (WattleView *self, WattleRecordType type, const char *id)
{
  WattleViewClass *klass = WATTLE_VIEW_GET_CLASS (self);

  return klass->reveal != NULL && klass->reveal (self, type, id);
}

/**
 * wattle_view_header:
 * @self: a view
 * @header: (out): its widgets for the header bar
 */
void
wattle_view_header (WattleView *self, WattleViewHeader *header)
{
  WattleViewClass *klass = WATTLE_VIEW_GET_CLASS (self);

  *header = (WattleViewHeader){ NULL, NULL, NULL };
  if (klass->header != NULL)
    klass->header (self, header);
}

/**
 * wattle_view_focus_search:
 * @self: a view
 *
 * Returns: whether it has a place to search, which has the cursor now
 */
gboolean
wattle_view_focus_search (WattleView *self)
{
  WattleViewClass *klass = WATTLE_VIEW_GET_CLASS (self);

  return klass->focus_search != NULL && klass->focus_search (self);
}

/**
 * wattle_view_load:
 * @self: a view
 * @work: what reads the store in another thread; its data is @arguments
 * @arguments: (nullable): consumed when floating
 * @free_result: (nullable): frees what @work returns
 * @loaded: told on the main context with @self as owner
 *
 * As wattle_context_load(); a load of the same @work that still runs is cancelled.
 */
void
wattle_view_load (WattleView *self,
                  WattleStoreWork work,
                  GVariant *arguments,
                  GDestroyNotify free_result,
                  WattleLoaded loaded)
{
  WattleViewPrivate *priv = wattle_view_get_instance_private (self);
  g_autoptr (GVariant) kept = arguments != NULL ? g_variant_ref_sink (arguments) : NULL;
  GCancellable *running = g_hash_table_lookup (priv->loads, work);

  if (running != NULL)
    g_cancellable_cancel (running);
  g_hash_table_insert (priv->loads, work, g_cancellable_new ());
  if (priv->context != NULL)
    wattle_context_load (priv->context, work, kept, free_result, g_hash_table_lookup (priv->loads, work), self,
                         loaded);
}
