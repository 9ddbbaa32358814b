"""The one way to Dask: the cluster at DASK_SCHEDULER_ADDRESS, else worker processes of this machine."""

from engine.cluster.connection import ADDRESS_VARIABLE, CONNECTION_LOST, Cluster, connect, death_of_worker

__all__ = ["ADDRESS_VARIABLE", "CONNECTION_LOST", "Cluster", "connect", "death_of_worker"]
