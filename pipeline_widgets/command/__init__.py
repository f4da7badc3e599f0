"""What ``pipeline-widgets`` does beside opening the lessons: one module for each thing."""
