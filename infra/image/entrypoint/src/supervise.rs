//! The runner program's life: started, watched, ended at its limits.

use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::Pid;
use secrecy::SecretString;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::child::{signal_group, spawn};
use crate::output::{Stream, pass_on};
use crate::reap::Status;
use crate::settings::Settings;
use crate::{Deps, End};

/// How long the pipes may stay open behind the program's end: a process that
/// left the group may hold them for ever.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Starts the runner program with the JIT config and stays until its end.
/// `born` is when the container's life began.
pub(crate) async fn supervise(
    settings: Settings,
    jit_config: &SecretString,
    deps: &mut Deps,
    born: Instant,
) -> End {
    // Before the program starts, so that its end cannot be missed.
    let mut child_ended = match signal(SignalKind::child()) {
        Ok(stream) => stream,
        Err(error) => return not_started(&settings, &error),
    };
    let child = match spawn(&settings, jit_config) {
        Ok(child) => child,
        Err(error) => return not_started(&settings, &error),
    };
    let (started, mut job_started) = mpsc::unbounded_channel();
    let mut lines = JoinSet::new();
    lines.spawn(pass_on(
        child.stdout,
        Stream::Out,
        deps.log.clone(),
        started.clone(),
    ));
    lines.spawn(pass_on(
        child.stderr,
        Stream::Err,
        deps.log.clone(),
        started,
    ));

    let mut life = Life::new(child.pid, &settings, born);
    let status = loop {
        if let Some(status) = deps.reap.collect(child.pid) {
            break status;
        }
        tokio::select! {
            // In this order: a job that has started is no longer idle.
            biased;
            _ = child_ended.recv() => {}
            Some(()) = job_started.recv() => life.job_started = true,
            signal = deps.signals.next() => {
                deps.log.line(format_args!(
                    "jit-runners: signal {} received, passed on to the runner",
                    signal.number()
                ));
                life.stop(signal.signal(), None);
            }
            () = sleep_until(life.next_deadline()) => life.deadline_reached(Instant::now()),
        }
    };
    // What the program left behind in its group goes with it. The group's id
    // cannot belong to anybody else while one of its processes lives.
    signal_group(child.pid, Signal::SIGKILL);
    let _ = timeout(LAST_LINES, async {
        while lines.join_next().await.is_some() {}
    })
    .await;
    life.end(status)
}

fn not_started(settings: &Settings, error: &std::io::Error) -> End {
    let program = settings.program.first().map_or("", String::as_str);
    End::NotStarted(format!(
        "the runner program {program} could not be started ({error}): check RUNNER_PROGRAM and the image."
    ))
}

/// Limits and how far the ending has got.
struct Life {
    program: Pid,
    job_started: bool,
    idle: Duration,
    total: Duration,
    stop: Duration,
    idle_at: Instant,
    total_at: Instant,
    /// When SIGKILL follows; `None` before anything asked the program to leave.
    kill_at: Option<Instant>,
    killed: bool,
    /// Our own reason to end it, which wins over the program's exit code.
    reason: Option<End>,
}

impl Life {
    fn new(program: Pid, settings: &Settings, born: Instant) -> Self {
        Self {
            program,
            job_started: false,
            idle: settings.idle,
            total: settings.total,
            stop: settings.stop,
            idle_at: after(Instant::now(), settings.idle),
            total_at: after(born, settings.total),
            kill_at: None,
            killed: false,
            reason: None,
        }
    }

    /// Asks the program to leave; SIGKILL follows once, the stop time after the first call.
    fn stop(&mut self, signal: Signal, reason: Option<End>) {
        signal_group(self.program, signal);
        if self.kill_at.is_none() {
            self.kill_at = Some(after(Instant::now(), self.stop));
            self.reason = reason;
        }
    }

    fn next_deadline(&self) -> Instant {
        match self.kill_at {
            Some(_) if self.killed => after(Instant::now(), LAST_LINES),
            Some(kill_at) => kill_at,
            None if self.job_started => self.total_at,
            None => self.total_at.min(self.idle_at),
        }
    }

    fn deadline_reached(&mut self, now: Instant) {
        match self.kill_at {
            Some(kill_at) if now >= kill_at => {
                signal_group(self.program, Signal::SIGKILL);
                self.killed = true;
            }
            Some(_) => {}
            None if now >= self.total_at => {
                self.stop(Signal::SIGTERM, Some(End::TimeOver(self.total.as_secs())));
            }
            None if !self.job_started && now >= self.idle_at => {
                self.stop(Signal::SIGTERM, Some(End::Idle(self.idle.as_secs())));
            }
            None => {}
        }
    }

    fn end(self, status: Status) -> End {
        match (self.reason, status) {
            (Some(reason), _) => reason,
            (None, Status::Exited(code)) => End::of_exit(code),
            (None, Status::Signalled(signal)) => End::Signalled(signal),
        }
    }
}

/// A moment, or one so far away that it does not matter.
fn after(from: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
    from + duration.min(FAR)
}
