# The scheduler job as an image: what ships, and nothing else.
FROM python:3.12.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

# wandb writes its files into the working directory, so the user owns it.
RUN useradd --create-home --uid 1000 scheduler \
    && install --directory --owner=scheduler --group=scheduler /job
WORKDIR /job

# Before the code: this layer changes only when the lock does.
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY optuna_scheduler.py requirements.txt ./
COPY optuna_sweep ./optuna_sweep

# By number, which a cluster that forbids root can check without the image's user list.
USER 1000:1000
ENTRYPOINT ["python", "optuna_scheduler.py"]
