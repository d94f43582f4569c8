"""What the clock sets off: the periodic tasks and the queue they run on."""

from gewu_platform.jobs.runner import Runner, add_tasks, make_huey, make_queue, months_to_plan

__all__ = ["Runner", "add_tasks", "make_huey", "make_queue", "months_to_plan"]
