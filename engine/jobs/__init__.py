"""Work off the script thread: jobs on a Dask cluster that outlive a page, report progress, and can be stopped."""

from engine.jobs.runner import JobRunner
from engine.jobs.shared import SharedJobs
from engine.jobs.status import JobStatus

__all__ = ["JobRunner", "JobStatus", "SharedJobs"]
