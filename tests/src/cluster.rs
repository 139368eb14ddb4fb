//! A Dask cluster of one test: a scheduler and workers, each in a network of its own where that is allowed, with no
//! folder in common but this machine's programs.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Scratch, tools};

/// The subnet of each worker, and of the scheduler towards it.
const SUBNET: &str = "10.77";
const PORT: u16 = 8786;

/// A scheduler and workers. They end with the test.
#[derive(Debug)]
pub struct Cluster {
    processes: Vec<Child>,
    /// The network of this test, if it has one, and those of the workers.
    networks: Vec<String>,
    scheduler: String,
}

/// Python with Dask, or why there is none.
pub fn dask() -> Result<PathBuf, String> {
    let python = tools::wheel_program("python").ok_or("there is no Python environment in .venv")?;
    let found = Command::new(&python).args(["-c", "import distributed"]).output();
    if found.is_ok_and(|found| found.status.success()) {
        Ok(python)
    } else {
        Err(format!("{} has no Dask", python.display()))
    }
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    address.expect("a free port").port()
}

impl Cluster {
    /// Starts a cluster of `workers` workers on this machine's own network.
    pub fn local(scratch: &Scratch, python: &Path, workers: usize) -> Self {
        let port = free_port();
        let scheduler = format!("tcp://127.0.0.1:{port}");
        let mut cluster = Self { processes: Vec::new(), networks: Vec::new(), scheduler };
        cluster.start_scheduler(scratch, python, None, "127.0.0.1", port);
        for worker in 0..workers {
            cluster.start_worker(scratch, python, None, worker);
        }
        cluster
    }

    /// Starts a cluster whose scheduler and workers each have a network namespace; or says why that can't be.
    pub fn apart(scratch: &Scratch, python: &Path, workers: usize) -> Result<Self, String> {
        let name = format!("outboard{}", std::process::id());
        let mut cluster = Self {
            processes: Vec::new(),
            networks: Vec::new(),
            scheduler: format!("tcp://{SUBNET}.1.1:{PORT}"),
        };
        cluster.add_network(&name)?;
        // Between the workers; only in that namespace.
        ip(&["netns", "exec", &name, "sysctl", "-qw", "net.ipv4.ip_forward=1"])?;
        for worker in 1..=workers {
            let own = format!("{name}w{worker}");
            cluster.add_network(&own)?;
            let (here, there) = (format!("s{worker}"), format!("w{worker}"));
            let (ours, theirs) = (format!("{SUBNET}.{worker}.1"), format!("{SUBNET}.{worker}.2"));
            ip(&["-n", &name, "link", "add", &here, "type", "veth", "peer", "name", &there, "netns", &own])?;
            ip(&["-n", &name, "addr", "add", &format!("{ours}/24"), "dev", &here])?;
            ip(&["-n", &own, "addr", "add", &format!("{theirs}/24"), "dev", &there])?;
            ip(&["-n", &name, "link", "set", &here, "up"])?;
            ip(&["-n", &own, "link", "set", &there, "up"])?;
            ip(&["-n", &own, "route", "add", "default", "via", &ours])?;
        }
        cluster.start_scheduler(scratch, python, Some(&name), "0.0.0.0", PORT);
        for worker in 1..=workers {
            cluster.start_worker(scratch, python, Some(&format!("{name}w{worker}")), worker);
        }
        Ok(cluster)
    }

    /// The scheduler's address.
    pub fn scheduler(&self) -> &str {
        &self.scheduler
    }

    /// A command in the scheduler's network.
    pub fn command(&self, program: &Path) -> Command {
        in_network(self.networks.first().map(String::as_str), program)
    }

    /// Kills a worker, which notices nothing.
    pub fn kill_worker(&mut self, worker: usize) {
        let worker = &mut self.processes[worker + 1];
        worker.kill().expect("it runs");
        worker.wait().expect("it is dead");
    }

    fn add_network(&mut self, name: &str) -> Result<(), String> {
        ip(&["netns", "add", name])?;
        self.networks.push(name.to_owned());
        ip(&["-n", name, "link", "set", "lo", "up"])
    }

    fn start_scheduler(
        &mut self,
        scratch: &Scratch,
        python: &Path,
        network: Option<&str>,
        host: &str,
        port: u16,
    ) {
        let mut command = dask_command(python, network);
        command.args([
            "scheduler",
            "--host",
            host,
            "--port",
            &port.to_string(),
            "--no-dashboard",
            "--no-show",
        ]);
        self.start(scratch, command, "scheduler", "Scheduler at");
    }

    fn start_worker(&mut self, scratch: &Scratch, python: &Path, network: Option<&str>, worker: usize) {
        let name = format!("worker{worker}");
        let mut command = dask_command(python, network);
        command.args(["worker", &self.scheduler, "--nthreads", "1", "--no-nanny", "--no-dashboard"]);
        command.args(["--name", &name, "--local-directory"]).arg(scratch.path(&name));
        command.env("OUTBOARD_STORE", scratch.path(&format!("{name}.store")));
        self.start(scratch, command, &name, "Starting established connection");
    }

    /// Starts a process, and waits until its log says that it works.
    fn start(&mut self, scratch: &Scratch, mut command: Command, name: &str, sign: &str) {
        let path = scratch.path(&format!("{name}.log"));
        let log = std::fs::File::create(&path).expect("a file in the scratch folder");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.processes.push(command.spawn().expect("Dask is installed"));
        let start = Instant::now();
        loop {
            let mut text = String::new();
            let read = std::fs::File::open(&path).and_then(|mut file| file.read_to_string(&mut text));
            assert!(
                read.is_ok() && start.elapsed() < Duration::from_secs(120),
                "{name} does not start:\n{text}"
            );
            if text.contains(sign) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for process in &mut self.processes {
            // Some are dead already.
            let _ = process.kill();
            let _ = process.wait();
        }
        for network in &self.networks {
            let _ = ip(&["netns", "delete", network]);
        }
    }
}

fn dask_command(python: &Path, network: Option<&str>) -> Command {
    let mut command = in_network(network, python);
    command.args(["-m", "dask"]);
    // Not the folder that the test runs in: a `dask.so` in it, that of some program, would be taken for Dask.
    command.env("PYTHONSAFEPATH", "1");
    command
}

fn in_network(network: Option<&str>, program: &Path) -> Command {
    match network {
        None => Command::new(program),
        Some(network) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", network]).arg(program);
            command
        }
    }
}

fn ip(words: &[&str]) -> Result<(), String> {
    let ran = Command::new("ip").args(words).output().map_err(|error| format!("ip: {error}"))?;
    if ran.status.success() {
        return Ok(());
    }
    Err(format!("ip {}: {}", words.join(" "), String::from_utf8_lossy(&ran.stderr).trim()))
}
