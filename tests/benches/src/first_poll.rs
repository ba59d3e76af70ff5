//! From the start of the process to its first question for an event.
//!
//! Here stands the smallest Runtime API there can be: a listener that waits for
//! `GET …/invocation/next`. The environment is Lambda's, with AWS's and GitHub's
//! real addresses, so that clients for TLS are built; nothing is sent to them,
//! since no event ever comes.

use crate::process::Cpu;
use crate::spread::Spread;
use anyhow::{Context as _, Result, bail};
use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far more than it takes.
const LIMIT: Duration = Duration::from_secs(10);

/// Starts of one function, milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct FirstPoll {
    /// Time that passed.
    pub elapsed: Spread,
    /// CPU that the process used until then.
    pub cpu: Spread,
}

/// Starts `binary` as `handler` so many times.
///
/// # Errors
/// It does not start, or asks for no event.
pub fn measure(binary: &Path, handler: &str, runs: u32) -> Result<FirstPoll> {
    // The first start reads the file from the disk.
    start(binary, handler)?;
    let (mut elapsed, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let (passed, used) = start(binary, handler)?;
        elapsed.push(passed.as_secs_f64() * 1e3);
        cpu.push(used.nanoseconds as f64 / 1e6);
    }
    Ok(FirstPoll {
        elapsed: Spread::of(elapsed).context("at least one run")?,
        cpu: Spread::of(cpu).context("at least one run")?,
    })
}

fn start(binary: &Path, handler: &str) -> Result<(Duration, Cpu)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut command = Command::new(binary);
    command
        .env_clear()
        .envs(ENVIRONMENT.iter().copied())
        .env("_HANDLER", handler)
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr()?.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let began = Instant::now();
    let process = Running(command.spawn().context("the binary does not start")?);
    let (mut stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(LIMIT))?;
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece)? {
            0 => bail!("{handler} closed the connection before it asked"),
            length => head.extend_from_slice(&piece[..length]),
        }
    }
    let elapsed = began.elapsed();
    let cpu = Cpu::of(i32::try_from(process.0.id())?)?;
    // Before the connection breaks, which it would complain of.
    drop(process);
    let line = String::from_utf8_lossy(&head);
    let line = line.lines().next().unwrap_or_default();
    if !(line.starts_with("GET ") && line.contains("/invocation/next")) {
        bail!("{handler} did not ask for an event but: {line}");
    }
    Ok((elapsed, cpu))
}

/// The process, ended when it was measured.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // A process that has ended already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What Lambda and the deployment set.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("AWS_LAMBDA_FUNCTION_NAME", "measured"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/measured"),
    ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
    ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_DEFAULT_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "measured"),
    ("AWS_SECRET_ACCESS_KEY", "measured"),
    ("AWS_SESSION_TOKEN", "measured"),
    ("PATH", "/usr/local/bin:/usr/bin/:/bin"),
    ("TZ", ":UTC"),
    ("EVENT_BUS", "jit-runners"),
    ("CLAIMS_TABLE", "jit-runners-claims"),
    ("HANDOVER_TABLE", "jit-runners-handover"),
    ("CLUSTER", "jit-runners"),
    ("GITHUB_APP_ID", "1"),
    ("GITHUB_INSTALLATION_ID", "2"),
    ("GITHUB_APP_KEY_SECRET", "jit-runners/github-app-key"),
    ("GITHUB_WEBHOOK_SECRET", "jit-runners/github-webhook-secret"),
    ("POLICY", jit_runners::stage::POLICY),
];
