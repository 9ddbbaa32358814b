#!/bin/sh
# Starts what one container holds: PROCESSES server processes (one for each core, 8 at most) behind a proxy on PORT.
set -eu
cores=$(nproc)
PROCESSES=${PROCESSES:-$((cores < 8 ? cores : 8))}
PORT=${PORT:-8501}
RUN_AS=$(id -un)
export PROCESSES PORT RUN_AS
exec supervisord -c docs/hosting/supervisord.conf
