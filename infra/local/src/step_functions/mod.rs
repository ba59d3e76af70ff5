//! Step Functions: state machines, executions, and the driver of `asl`.
//!
//! `asl` says what to do, `record` does it: timers are tokio timers, tasks are
//! calls to the other services of the place (`tasks`). An execution that waits
//! costs one sleeping timer.

mod activities;
mod aliases;
mod casing;
mod describe;
mod executions;
mod fault;
mod history;
mod journal;
mod kept;
mod machines;
mod mishap;
mod names;
mod paging;
mod perform;
mod record;
mod redrive;
mod replay;
mod tasks;
mod timers;
mod tokens;
mod versions;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::Value;

pub use fault::Fault;

use crate::clock::Clock;
use crate::dynamodb::DynamoDb;
use crate::ecs::Ecs;
use crate::events::Events;
use crate::ids::Ids;
use crate::lambda::Lambda;
use crate::retention::Retention;
use crate::server::error::AwsError;
use crate::sqs::Sqs;
use crate::store::Shelf;
use activities::Activities;
use aliases::Alias;
use fault::Faults;
use machines::Machine;
use record::{Context, Record};
use tokens::Tokens;
use versions::Versions;

/// The services that tasks call.
pub(crate) struct TaskServices {
    pub(crate) dynamodb: Arc<DynamoDb>,
    pub(crate) ecs: Arc<Ecs>,
    pub(crate) events: Arc<Events>,
    pub(crate) lambda: Arc<Lambda>,
    pub(crate) sqs: Arc<Sqs>,
}

/// All state machines and executions of the place.
pub struct StepFunctions {
    clock: Clock,
    ids: Ids,
    context: Arc<Context>,
    state: Mutex<State>,
    retention: Retention,
}

#[derive(Default)]
struct State {
    /// By ARN.
    machines: BTreeMap<String, Arc<Machine>>,
    /// By ARN.
    executions: BTreeMap<Arc<str>, Arc<Record>>,
    /// By the machine's ARN.
    versions: BTreeMap<String, Versions>,
    /// By ARN.
    aliases: BTreeMap<String, Alias>,
    /// A machine's executions in the order of their start, by the machine's ARN. The
    /// place of one that was forgotten stays, since lists go on by places.
    started: BTreeMap<String, Vec<Option<Arc<Record>>>>,
    /// Executions ever started: every one has a number of its own.
    made: u64,
}

impl State {
    fn add(&mut self, record: &Arc<Record>) {
        let key = Arc::clone(&record.arn);
        self.executions.insert(key, Arc::clone(record));
        let last = Some(Arc::clone(record));
        match self.started.get_mut(&record.machine.arn) {
            Some(started) => started.push(last),
            None => {
                let first = vec![last];
                self.started.insert(record.machine.arn.clone(), first);
            }
        }
    }

    /// Takes out what had ended by then.
    fn take_ended_before(&mut self, time: DateTime<Utc>) -> Vec<Arc<Record>> {
        let old = |record: &mut Arc<Record>| record.ended_before(time);
        let started = self.started.values_mut().flatten();
        let taken: Vec<_> = started.filter_map(|slot| slot.take_if(old)).collect();
        for record in &taken {
            self.executions.remove(&record.arn);
        }
        taken
    }
}

impl StepFunctions {
    pub(crate) fn new(
        services: TaskServices,
        timer_speed: f64,
        clock: Clock,
        ids: Ids,
    ) -> Arc<Self> {
        let context = Context {
            clock: clock.clone(),
            timer_speed,
            services,
            faults: Faults::default(),
            tokens: Tokens::default(),
            activities: Activities::default(),
            shelf: Shelf::default(),
        };
        Arc::new(Self {
            clock,
            ids,
            context: Arc::new(context),
            state: Mutex::default(),
            retention: Retention::default(),
        })
    }

    /// Answers one call of `AWSStepFunctions.*`. Must run inside a tokio runtime,
    /// since executions do.
    ///
    /// # Errors
    /// AWS's own, e.g. `ExecutionDoesNotExist`.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "every service's call has this shape"
    )]
    pub fn call(&self, operation: &str, input: Value) -> Result<Value, AwsError> {
        self.forget_old();
        match operation {
            "CreateStateMachine" => self.create_machine(&input),
            "DescribeStateMachine" => self.describe_machine(&input),
            "DescribeStateMachineForExecution" => self.describe_machine_for_execution(&input),
            "ListStateMachines" => self.list_machines(&input),
            "UpdateStateMachine" => self.update_machine(&input),
            "DeleteStateMachine" => self.delete_machine(&input),
            "ValidateStateMachineDefinition" => machines::validate(&input),
            "PublishStateMachineVersion" => self.publish_version(&input),
            "ListStateMachineVersions" => self.list_versions(&input),
            "DeleteStateMachineVersion" => self.delete_version(&input),
            "CreateStateMachineAlias" => self.create_alias(&input),
            "UpdateStateMachineAlias" => self.update_alias(&input),
            "DescribeStateMachineAlias" => self.describe_alias(&input),
            "DeleteStateMachineAlias" => self.delete_alias(&input),
            "ListStateMachineAliases" => self.list_aliases(&input),
            "StartExecution" => self.start_execution(&input),
            "StopExecution" => self.stop_execution(&input),
            "DescribeExecution" => self.describe_execution(&input),
            "ListExecutions" => self.list_executions(&input),
            "GetExecutionHistory" => self.get_history(&input),
            "CreateActivity" => self.create_activity(&input),
            "DescribeActivity" => self.describe_activity(&input),
            "ListActivities" => self.list_activities(&input),
            "DeleteActivity" => self.delete_activity(&input),
            "SendTaskSuccess" => self.send_task_success(&input),
            "SendTaskFailure" => self.send_task_failure(&input),
            "SendTaskHeartbeat" => self.send_task_heartbeat(&input),
            "RedriveExecution" => self.redrive_execution(&input),
            other => Err(AwsError::unknown_operation(other)),
        }
    }

    /// Lets the place's faults strike executions.
    pub(crate) fn connect_faults(&self, faults: &Arc<::faults::Faults<crate::AwsFault>>) {
        self.context.faults.hook.connect(faults);
    }

    /// Makes the next `times` visits of a state go wrong, in any execution.
    pub fn inject(&self, state: &str, fault: Fault, times: u32) {
        self.context.faults.add(state, fault, times);
    }

    /// ARNs of all executions of the place, oldest first per state machine.
    #[must_use]
    pub fn executions(&self) -> Vec<String> {
        let state = self.lock();
        state
            .machines
            .keys()
            .filter_map(|machine| state.started.get(machine))
            .flatten()
            .flatten()
            .map(|record| record.arn.to_string())
            .collect()
    }

    /// Stops timers and tasks of every execution, without a trace in their histories.
    pub(crate) fn shutdown(&self) {
        for record in self.lock().executions.values() {
            record.abandon();
        }
    }

    /// Where the service keeps its records.
    pub(crate) fn shelf(&self) -> &Shelf {
        &self.context.shelf
    }

    fn execution(&self, input: &Value) -> Result<Arc<Record>, AwsError> {
        let arn = names::execution_arn(input, "executionArn")?;
        self.lock().executions.get(arn).cloned().ok_or_else(|| {
            AwsError::new(
                "ExecutionDoesNotExist",
                format!("Execution Does Not Exist: '{arn}'"),
            )
        })
    }

    /// Whole values are stored under the lock, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
