# Unrolled for a host. The CPU build of torch comes from the index that PyTorch's "Get started" page names:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=... -t unrolled . && docker run -p 8501:8501 -v unrolled:/data unrolled
FROM python:3.11-slim-bookworm

ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1 MALLOC_ARENA_MAX=2

RUN apt-get update -q \
    && apt-get install -y --no-install-recommends haproxy supervisor tini \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt .
# The build of torch for graphics cards is ten times as large and of no use here.
RUN pip install -r requirements.txt \
    && python -c "import torch; assert torch.version.cuda is None, 'give PIP_EXTRA_INDEX_URL: see the Dockerfile'"

RUN useradd --uid 1000 --create-home visitor && mkdir /data && chown visitor /data
COPY --chown=visitor . .
USER visitor

# The proxy in the container says who asks, and nobody else reaches the server processes.
ENV PORT=8501 UNROLLED_PROFILE=hosted UNROLLED_RUNS=/data/runs UNROLLED_CACHE=/data/cache HF_HOME=/data/hub \
    FORWARDED_ALLOW_IPS=127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10
VOLUME /data
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=2)"]
ENTRYPOINT ["tini", "--"]
CMD ["docs/hosting/start.sh"]
