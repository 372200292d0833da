#!/usr/bin/env python3
"""How long regenerating the catalog takes beside `git archive` of the same tree: 10,000 manifests, half of them
kustomizations with an image, half the deployments that run it. Runs alternate, so that a noisy machine disturbs both
alike; read the ratio of the best, not the milliseconds. The remote is a local one, and the clone is there already.

  bench/regenerate.py SERVER [RUNS]
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

APPS = 5000
KUSTOMIZATION = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: team{team}
resources:
  - deployment.yaml
images:
  - name: app{app}
    newName: registry.example.com/shop/app{app}
    newTag: pr-1-0123456
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: app{app}
  labels:
    app.kubernetes.io/name: app{app}
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: app{app}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app{app}
    spec:
      containers:
        - name: app{app}
          image: app{app}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
"""


def stream():
    """The tree as git fast-import reads it."""
    yield "commit refs/heads/main\ncommitter Bench <bench@example.com> 1767261600 +0000\ndata 5\ntree\n"
    for app in range(APPS):
        directory = f"apps/team{app // 100}/app{app}"
        for name, text in (("kustomization.yaml", KUSTOMIZATION), ("deployment.yaml", DEPLOYMENT)):
            text = text.format(app=app, team=app // 100)
            yield f"M 100644 inline {directory}/{name}\ndata {len(text)}\n{text}\n"


def best(times):
    return min(times) * 1000


server = os.path.abspath(sys.argv[1])
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
with tempfile.TemporaryDirectory() as directory:
    root = pathlib.Path(directory)
    remote = root / "flux.git"
    environment = {"PATH": os.environ["PATH"], "HOME": directory, "GIT_CONFIG_NOSYSTEM": "1",
                   "RWENV_CONFIG_DIR": str(root / "config")}

    def run(*command, **more):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, **more)
        return time.perf_counter() - begin

    run("git", "init", "-q", "--bare", "--initial-branch=main", remote)
    run("git", f"--git-dir={remote}", "fast-import", "--quiet", input="".join(stream()).encode())
    (root / "project" / ".claude").mkdir(parents=True)
    (root / "project" / ".claude" / "rwenv").write_text("bench\n")
    (root / "config").mkdir()
    (root / "config" / "envs.json").write_text(json.dumps({"rwenvs": {"bench": {"fluxGitRepo": f"file://{remote}"}}}))
    regenerate = (server, "regenerate", "--project", root / "project")
    first = run(*regenerate)
    archive_times, regenerate_times = [], []
    for _ in range(runs):
        archive_times.append(run("git", f"--git-dir={remote}", "archive", "main"))
        regenerate_times.append(run(*regenerate))
    print(f"first regenerate, clone and all   {first * 1000:8.1f} ms")
    print(f"git archive                       {best(archive_times):8.1f} ms")
    print(f"regenerate                        {best(regenerate_times):8.1f} ms")
    print(f"ratio                             {best(regenerate_times) / best(archive_times):8.1f}")
