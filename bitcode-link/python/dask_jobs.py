"""Runs the jobs of a ThinLTO link on a Dask cluster.

Reads a shipment (JSON, written by executor/dask.rs) and prints what happens, one JSON object a line. Files travel by
their SHA-256, and only those that some worker lacks: workers keep them. Each file is the result of a task, so that Dask
makes it again where a worker that had it is gone. Ends when its standard input does.
"""

import contextlib
import json
import os
import sys
import threading
import time
import warnings

ATTEMPTS = 10


def emit(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


def fail(kind, **fields):
    emit("error", kind=kind, **fields)
    # Without waiting for threads: a lost scheduler would hold them.
    os._exit(1)


# What runs on workers. Each function is sent whole, so it imports what it needs itself.


def probe(compiler, hashes):
    """The version of the compiler's LLVM, and which files the worker has."""
    import os
    import re
    import subprocess

    try:
        shown = subprocess.run([compiler, "--version"], capture_output=True, text=True, timeout=60)
        found = re.search(r"(?:LLVM|clang)(?: version)? (\d+\.\d+\.\d+)", shown.stdout)
        version = found.group(1) if found else f"no LLVM: {(shown.stdout + shown.stderr).strip()[:200]}"
    except (OSError, subprocess.TimeoutExpired) as error:
        version = f"no LLVM: {error}"
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.environ.get("OUTBOARD_STORE") or os.path.join(cache, "outboard", "files")
    have = [hash for hash in hashes if os.path.exists(os.path.join(folder, hash[:2], hash[2:]))]
    return {"version": version, "have": have, "store": folder}


def keep(data):
    """A file, as the result of a task."""
    return data


def compile_job(probe, job, files, llvm):
    """Runs a job. `files` are those that were sent; the others are in the worker's store, or are asked for."""
    import hashlib
    import os
    import subprocess
    import tempfile

    from distributed import get_worker

    # Asked once a worker: the answer costs as much as a small job.
    worker = get_worker()
    if not hasattr(worker, "outboard_probed"):
        worker.outboard_probed = {}
    if job["args"][0] not in worker.outboard_probed:
        worker.outboard_probed[job["args"][0]] = probe(job["args"][0], [])
    probed = worker.outboard_probed[job["args"][0]]
    if probed["version"] != llvm:
        return {"refused": probed["version"]}
    store = probed["store"]

    def stored(hash):
        path = os.path.join(store, hash[:2], hash[2:])
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() == hash:
            return data
        os.unlink(path)
        return None

    def put(hash, data):
        path = os.path.join(store, hash[:2], hash[2:])
        if os.path.exists(path):
            return
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, path)
        except OSError:
            # A worker that can't keep anything works all the same.
            return

    contents = {}
    for name, hash in job["files"].items():
        data = files.get(hash)
        if data is None:
            data = stored(hash)
        else:
            put(hash, data)
        contents[name] = data
    missing = sorted({job["files"][name] for name, data in contents.items() if data is None})
    if missing:
        return {"missing": missing}
    with tempfile.TemporaryDirectory(prefix="bitcode-link-") as folder:
        for name, data in contents.items():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        command = " ".join(job["args"])
        try:
            ran = subprocess.run(
                job["args"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=job["timeout"]
            )
        except subprocess.TimeoutExpired:
            return {"failed": "timeout", "command": command}
        if ran.returncode != 0:
            status = f"signal {-ran.returncode}" if ran.returncode < 0 else f"exit status {ran.returncode}"
            text = (ran.stderr or ran.stdout or b"it printed nothing").decode(errors="replace")
            return {"failed": "job", "status": status, "text": text, "command": command}
        try:
            with open(os.path.join(folder, job["output"]), "rb") as file:
                return {"object": file.read(), "worker": worker.address}
        except OSError:
            return {"failed": "output", "command": command}


# What runs here.


class Cluster:
    """The jobs, and what the cluster has of their files."""

    def __init__(self, client, shipment):
        self.client = client
        self.jobs = shipment["jobs"]
        self.llvm = shipment["llvm"]
        self.compiler = self.jobs[0]["args"][0]
        self.paths = {file["sha256"]: file["path"] for job in self.jobs for file in job["files"]}
        self.sent = {}
        self.sent_bytes = 0
        self.good = {}
        self.bad = {}
        self.attempts = [0] * len(self.jobs)

    def look(self):
        """Asks all workers for their LLVM and their files."""
        hashes = sorted(self.paths)
        answers = self.client.run(probe, self.compiler, hashes, on_error="return")
        self.good, self.bad = {}, {}
        for address, answer in answers.items():
            if isinstance(answer, dict) and answer["version"] == self.llvm:
                self.good[address] = set(answer["have"])
            else:
                self.bad[address] = answer["version"] if isinstance(answer, dict) else str(answer)
        if not self.good and self.bad:
            fail("llvm", llvm=self.llvm, workers=[f"{address} has {what}" for address, what in self.bad.items()])

    def send(self, hash):
        """The task whose result is the file."""
        if hash not in self.sent:
            import hashlib

            with open(self.paths[hash], "rb") as file:
                data = file.read()
            if hashlib.sha256(data).hexdigest() != hash:
                fail("changed", path=self.paths[hash])
            self.sent_bytes += len(data)
            self.sent[hash] = self.client.submit(keep, data, key=f"outboard-file-{hash}")
        return self.sent[hash]

    def submit(self, number, more=()):
        """Submits a job, with the files that not all workers have."""
        job = self.jobs[number]
        files = {file["name"]: file["sha256"] for file in job["files"]}
        everywhere = set.intersection(*self.good.values()) if self.good else set()
        sent = {hash: self.send(hash) for hash in files.values() if hash not in everywhere or hash in more}
        what = {"args": job["args"], "files": files, "output": job["output"], "timeout": job["timeout"]}
        self.attempts[number] += 1
        return self.client.submit(
            compile_job,
            probe,
            what,
            sent,
            self.llvm,
            key=f"outboard-job-{os.getpid()}-{time.time_ns()}-{number}",
            workers=sorted(self.good) if self.bad and self.good else None,
            priority=len(self.jobs) - job["rank"],
            pure=False,
        )

    def total(self):
        """The bytes of all files."""
        return sum(os.path.getsize(path) for path in self.paths.values())


def run(client, shipment):
    from distributed import as_completed

    cluster = Cluster(client, shipment)
    cluster.look()
    numbers = {}
    for number in range(len(cluster.jobs)):
        numbers[cluster.submit(number)] = number
    completed = as_completed(list(numbers), loop=client.loop)
    for future in completed:
        number = numbers.pop(future)
        again = take(cluster, number, future)
        if again is None:
            continue
        if cluster.attempts[number] >= ATTEMPTS:
            fail("lost", job=number, attempts=ATTEMPTS, why=again["why"])
        emit("again", job=number, why=again["why"])
        future = cluster.submit(number, again["files"])
        numbers[future] = number
        completed.add(future)
    emit("end", sent=cluster.sent_bytes, total=cluster.total(), files=len(cluster.sent), known=len(cluster.paths))


def take(cluster, number, future):
    """Takes what became of a job: nothing more to do, or why it must run again."""
    job = cluster.jobs[number]
    try:
        result = future.result()
    except Exception as error:  # Whatever a cluster does to a task, the job can run elsewhere.
        cluster.look()
        return {"why": f"its worker is lost ({type(error).__name__})", "files": ()}
    if "missing" in result:
        return {"why": "its worker lacks files", "files": result["missing"]}
    if "refused" in result:
        cluster.look()
        return {"why": f"its worker has {result['refused']}", "files": ()}
    if "failed" in result:
        fail(result.pop("failed"), job=number, **result)
    write(job["result"], result["object"])
    emit("done", job=number, worker=result["worker"])
    future.release()
    return None


def write(path, data):
    """Writes a file, whole or not at all."""
    temporary = path + ".new"
    try:
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        fail("write", path=path, number=error.errno)


def watch(client, patience):
    """Ends the program when there has been nobody to work for a while."""
    last = time.monotonic()
    while True:
        time.sleep(0.5)
        alive = client.status == "running" and client.scheduler_info().get("workers")
        if alive:
            last = time.monotonic()
        elif time.monotonic() - last > patience:
            fail("nobody", patience=patience)


def end_with_parent():
    while os.read(0, 4096):
        pass
    os._exit(1)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        shipment = json.load(file)
    threading.Thread(target=end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")
    try:
        from distributed import Client
    except ImportError as error:
        fail("python", text=str(error))
    patience = shipment["patience"]
    try:
        client = Client(shipment["scheduler"], timeout=patience, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        fail("scheduler", text=str(error) or type(error).__name__)
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        fail("nobody", patience=patience)
    threading.Thread(target=watch, args=(client, patience), daemon=True).start()
    run(client, shipment)
    # Closing in order takes longer than a link; the scheduler notices.
    os._exit(0)


if __name__ == "__main__":
    main()
