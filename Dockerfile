# Plantain as a Ray node: head, worker and `docker run`. See docs/farm.md.
#
#   docker build -t plantain .
#   docker run --rm --shm-size=1g -v "$PWD/output:/home/plantain/output" plantain plantain generate ...
#
# Everything goes into the image's own Python in /usr/local, which login shells have on their PATH, too: KubeRay and the
# cluster launcher start Ray through one.
FROM python:3.11-slim-bookworm

# What to install of pyproject.toml's extras. The training stack (add ,train) brings torch and CUDA: several gigabytes.
ARG EXTRAS=blender,raster,farm,s3,gcs

SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# wget is for KubeRay's probes; ssh and rsync are for a head that the cluster launcher lets start workers.
COPY deploy/apt.txt /tmp/apt.txt
# hadolint ignore=DL3008
RUN apt-get update \
 && sed 's/#.*//' /tmp/apt.txt \
  | DEBIAN_FRONTEND=noninteractive xargs apt-get install -y --no-install-recommends wget openssh-client rsync \
 && rm -rf /var/lib/apt/lists/* /tmp/apt.txt

WORKDIR /opt/plantain

# The dependencies are a layer of their own, so that a change of code does not fetch Blender again: what is installed
# here is a package that is empty but for its version.
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY pipeline/__init__.py pipeline/
RUN mkdir scenes render_configs \
 && pip install --no-cache-dir -c constraints.txt ".[${EXTRAS}]" \
 && pip uninstall --yes plantain

COPY . .
RUN pip install --no-cache-dir --no-deps . \
 && rm -rf /opt/plantain/* \
 && useradd --uid 1000 --create-home plantain

USER 1000:1000
WORKDIR /home/plantain

# Cycles needs the NVIDIA runtime's compute part, OpenGL its graphics part. BlenderProc imports GitPython, which would
# insist on a git program that nothing here calls.
ENV NVIDIA_DRIVER_CAPABILITIES=all \
    GIT_PYTHON_REFRESH=quiet \
    RAY_USAGE_STATS_ENABLED=0

CMD ["plantain", "--help"]
