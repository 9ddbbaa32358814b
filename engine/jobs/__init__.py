"""Work off the script thread: jobs on a Dask cluster that outlive a page, report progress, and can be stopped."""

from engine.jobs.runner import MAX_QUEUED, JobRunner
from engine.jobs.status import JobStatus

__all__ = ["MAX_QUEUED", "JobRunner", "JobStatus"]
