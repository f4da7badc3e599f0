"""The views: one anywidget each, over a Trace, a Flow or a callable that makes one."""
