//! One execution environment: a process and the event it works on.
//!
//! Events are pushed to [`Environment::run`]; the process pulls them over the
//! Runtime API through [`Environment::next`] and answers through
//! [`Environment::answer`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot};
use tokio::time::Instant;
use uuid::Uuid;

use super::FunctionError;
use super::function::{Function, group};
use super::process::Process;
use super::report::Report;
use crate::clock::Clock;
use crate::ecs::launcher::PLACE_MARKER;
use crate::logs::Logs;

/// How long a process may take until it asks for its first event.
const INIT_LIMIT: Duration = Duration::from_secs(30);

/// What became of an event given to an environment.
pub(crate) enum Run {
    /// The environment took the event; it answered, failed, crashed or timed out.
    Answered(Result<Bytes, FunctionError>),
    /// The environment ended before it took the event.
    NeverTaken(FunctionError),
}

/// An event as `/invocation/next` hands it out.
pub(crate) struct Next {
    pub(crate) request_id: String,
    pub(crate) deadline_ms: i64,
    pub(crate) function_arn: String,
    pub(crate) payload: Bytes,
}

struct Work {
    request_id: String,
    payload: Bytes,
    taken: oneshot::Sender<()>,
    reply: oneshot::Sender<Result<Bytes, FunctionError>>,
}

struct Current {
    request_id: String,
    reply: oneshot::Sender<Result<Bytes, FunctionError>>,
}

pub(crate) struct Environment {
    id: String,
    function: Arc<Function>,
    stream: String,
    process: Process,
    logs: Arc<Logs>,
    clock: Clock,
    started: Instant,
    /// The time of the first poll, until a REPORT has told it.
    init: Mutex<Option<Duration>>,
    polled: AtomicBool,
    init_error: Mutex<Option<FunctionError>>,
    sender: mpsc::Sender<Work>,
    inbox: AsyncMutex<mpsc::Receiver<Work>>,
    current: Mutex<Option<Current>>,
}

impl Environment {
    /// Starts the function's program.
    pub(crate) fn start(
        function: &Arc<Function>,
        endpoint: &str,
        place: Option<&str>,
        logs: Arc<Logs>,
        clock: Clock,
    ) -> std::io::Result<Arc<Self>> {
        let id = Uuid::new_v4().simple().to_string();
        let stream = format!(
            "{}/[{}]{id}",
            clock.now().format("%Y/%m/%d"),
            function.version
        );
        let mut variables = function.variables(endpoint, &id, &stream);
        if let Some(place) = place {
            variables.insert(PLACE_MARKER.to_owned(), place.to_owned());
        }
        let print = {
            let (logs, clock) = (Arc::clone(&logs), clock.clone());
            let (group, stream) = (group(&function.settings.name), stream.clone());
            move |line: &str| logs.append(&group, &stream, clock.now(), line)
        };
        let program = function.settings.command.file();
        let program = program.ok_or_else(|| std::io::Error::other("it has no program"))?;
        let process = Process::start(program, &variables, print)?;
        let (sender, inbox) = mpsc::channel(1);
        Ok(Arc::new(Self {
            id,
            function: Arc::clone(function),
            stream,
            process,
            logs,
            clock,
            started: Instant::now(),
            init: Mutex::default(),
            polled: AtomicBool::new(false),
            init_error: Mutex::default(),
            sender,
            inbox: AsyncMutex::new(inbox),
            current: Mutex::default(),
        }))
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn process_id(&self) -> i32 {
        self.process.id()
    }

    pub(crate) fn alive(&self) -> bool {
        self.process.alive()
    }

    pub(crate) fn stop(&self) {
        self.process.stop();
    }

    pub(crate) async fn ended(&self) {
        self.process.ended().await;
    }

    /// Gives the process one event and waits for its end. The caller sees to it that
    /// there is one at a time.
    pub(crate) async fn run(&self, request_id: &str, payload: Bytes) -> Run {
        let (taken, mut taken_at) = oneshot::channel();
        let (reply, mut replied) = oneshot::channel();
        let work = Work {
            request_id: request_id.to_owned(),
            payload,
            taken,
            reply,
        };
        if self.sender.try_send(work).is_err() {
            self.stop();
            return Run::NeverTaken(FunctionError::new(
                "Runtime.Unknown",
                "The environment was busy.",
            ));
        }
        tokio::select! {
            biased;
            Ok(()) = &mut taken_at => {}
            end = self.process.ended() => return Run::NeverTaken(self.ended_in_init(request_id, &end)),
            () = tokio::time::sleep(INIT_LIMIT) => {
                self.stop();
                self.process.ended().await;
                let message = format!("RequestId: {request_id} Error: Init timed out after {INIT_LIMIT:?}");
                return Run::NeverTaken(FunctionError::new("Sandbox.Timedout", &message));
            }
        }
        let begun = Instant::now();
        let timeout = self.function.settings.timeout;
        let result = tokio::select! {
            biased;
            Ok(result) = &mut replied => result,
            end = self.process.ended() => Err(crashed(request_id, &end)),
            () = tokio::time::sleep(timeout) => {
                self.stop();
                self.process.ended().await;
                Err(timed_out(request_id, timeout))
            }
        };
        self.report(request_id, begun.elapsed(), &result);
        Run::Answered(result)
    }

    /// The process asks for its next event. `None` when the environment is over.
    pub(crate) async fn next(&self) -> Option<Next> {
        if !self.polled.swap(true, Ordering::SeqCst) {
            *lock(&self.init) = Some(self.started.elapsed());
        }
        let work = self.inbox.lock().await.recv().await?;
        let timeout = i64::try_from(self.function.settings.timeout.as_millis()).unwrap_or(i64::MAX);
        let next = Next {
            request_id: work.request_id.clone(),
            deadline_ms: self.clock.now().timestamp_millis().saturating_add(timeout),
            function_arn: self.function.arn(),
            payload: work.payload,
        };
        self.print(&Report::start(&work.request_id, &self.function.version));
        *lock(&self.current) = Some(Current {
            request_id: work.request_id,
            reply: work.reply,
        });
        let _ = work.taken.send(());
        Some(next)
    }

    /// The process answers its event; false for an event that it does not have.
    pub(crate) fn answer(&self, request_id: &str, result: Result<Bytes, FunctionError>) -> bool {
        let mut current = lock(&self.current);
        match current.take_if(|current| current.request_id == request_id) {
            Some(current) => current.reply.send(result).is_ok(),
            None => false,
        }
    }

    /// The process says that it cannot start.
    pub(crate) fn fail_init(&self, error: FunctionError) {
        *lock(&self.init_error) = Some(error);
    }

    fn ended_in_init(&self, request_id: &str, end: &str) -> FunctionError {
        lock(&self.init_error)
            .take()
            .unwrap_or_else(|| crashed(request_id, end))
    }

    fn report(&self, request_id: &str, duration: Duration, result: &Result<Bytes, FunctionError>) {
        let report = Report {
            request_id,
            memory_mb: self.function.settings.memory_mb,
            duration,
            init: lock(&self.init).take(),
            process_id: self.process.id(),
        };
        self.print(&report.end());
        self.print(&report.report());
        if let Err(error) = result
            && error.error_type.starts_with("Sandbox.")
        {
            let seconds = self.function.settings.timeout.as_secs_f64();
            self.print(&format!(
                "{request_id} Task timed out after {seconds:.2} seconds"
            ));
        }
    }

    fn print(&self, line: &str) {
        self.logs.append(
            &group(&self.function.settings.name),
            &self.stream,
            self.clock.now(),
            line,
        );
    }
}

pub(super) fn crashed(request_id: &str, end: &str) -> FunctionError {
    let message = if end == "exit status 0" {
        format!("RequestId: {request_id} Error: Runtime exited without providing a reason")
    } else {
        format!("RequestId: {request_id} Error: Runtime exited with error: {end}")
    };
    FunctionError::new("Runtime.ExitError", &message)
}

pub(super) fn timed_out(request_id: &str, timeout: Duration) -> FunctionError {
    let seconds = timeout.as_secs_f64();
    let message =
        format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
    FunctionError::new("Sandbox.Timedout", &message)
}

/// Whole values are stored under these locks, so a panic elsewhere spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
