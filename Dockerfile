# syntax=docker/dockerfile:1
FROM python:3.13.9-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/muster/.venv \
 && /opt/muster/.venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY . .
RUN /opt/muster/.venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps . \
 && /opt/muster/.venv/bin/pip uninstall --yes --quiet pip \
 && chmod -R a+rX /opt/muster

FROM python:3.13.9-slim-bookworm
# Any user may write the state; which one runs the container is the platform's choice.
RUN install -d -m 1777 /var/lib/muster
COPY --from=build /opt/muster /opt/muster
ENV PATH=/opt/muster/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MUSTER_DATABASE=/var/lib/muster/muster.db \
    MUSTER_HOST=0.0.0.0 \
    MUSTER_LOG_FORMAT=json
WORKDIR /var/lib/muster
VOLUME /var/lib/muster
USER 10001:10001
EXPOSE 3000 8055
STOPSIGNAL SIGTERM
# Kubernetes and Docker's links may set MUSTER_PORT to an address; the bot then listens on 3000.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; p = os.environ.get('MUSTER_PORT', ''); r.urlopen('http://127.0.0.1:%s/healthz' % (p if p.isdigit() else 3000), timeout=4)"]
ENTRYPOINT ["muster"]
CMD ["run"]
