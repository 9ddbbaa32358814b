"""Task families, one file each: all that cards, command line, lists and pages know of what a model does.

They stand above what measures and trains; what stands below asks `engine.task_family.TASK_FAMILIES`.
"""
