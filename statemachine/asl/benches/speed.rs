//! The interpreter's own figures: executions a second, cost of an event,
//! bytes of an execution that waits. One thread, no place around it.
//!
//! `cargo bench -p asl --bench speed` prints them; docs/performance.md keeps them.
#![allow(clippy::expect_used, clippy::print_stdout)] // it prints figures, or stops

use std::{
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use asl::{Command, Definition, Event, Execution, ExecutionInfo, Status, TaskId};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const INVOKE: &str = "arn:aws:states:::lambda:invoke";

/// Pass, Choice, Pass, Task answered at once, Choice, Succeed.
fn six_states() -> Definition {
    definition(
        &json!({"QueryLanguage": "JSONata", "StartAt": "Prepare", "States": {
            "Prepare": {"Type": "Pass", "Assign": {"job": "{% $states.input.job %}"},
                "Output": {"id": "{% $states.input.job.id %}", "size": "{% $states.input.size %}"}, "Next": "Sized"},
            "Sized": {"Type": "Choice", "Default": "Refused", "Choices": [
                {"Condition": "{% $states.input.size = 'small' %}", "Next": "Refused"},
                {"Condition": "{% $states.input.size = 'large' %}", "Next": "Address"}]},
            "Address": {"Type": "Pass", "Output": {"name": "{% 'runner-' & $states.input.id %}", "attempt": 1}, "Next": "Call"},
            "Call": {"Type": "Task", "Resource": INVOKE, "TimeoutSeconds": 60,
                "Arguments": {"FunctionName": "f", "Payload": {"name": "{% $states.input.name %}", "job": "{% $job %}"}},
                "Output": "{% $states.result.Payload %}",
                "Retry": [{"ErrorEquals": ["Busy"]}],
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Refused"}], "Next": "Served"},
            "Served": {"Type": "Choice", "Default": "Refused", "Choices": [
                {"Condition": "{% $states.input.outcome in ['served', 'cancelled'] %}", "Next": "Done"}]},
            "Done": {"Type": "Succeed", "Output": {"outcome": "{% $states.input.outcome %}", "job": "{% $job.id %}"}},
            "Refused": {"Type": "Fail", "Error": "Refused"},
        }}),
    )
}

/// Three events a turn, for ever: the limit of events ends it.
fn round_and_round() -> Definition {
    definition(
        &json!({"QueryLanguage": "JSONata", "StartAt": "Begin", "States": {
            "Begin": {"Type": "Pass", "Assign": {"turn": 0}, "Next": "Count"},
        "Count": {"Type": "Pass", "Assign": {"turn": "{% $turn + 1 %}"}, "Next": "Again"},
            "Again": {"Type": "Choice", "Default": "Count", "Choices": [
                {"Condition": "{% $turn < 0 %}", "Next": "Count"}]},
        }}),
    )
}

/// A task, and the same task again, for ever.
fn one_after_the_other() -> Definition {
    definition(
        &json!({"QueryLanguage": "JSONata", "StartAt": "Begin", "States": {
            "Begin": {"Type": "Pass", "Assign": {"turn": 0}, "Next": "Call"},
            "Call": {"Type": "Task", "Resource": INVOKE, "Arguments": {"turn": "{% $turn %}"},
                "Assign": {"turn": "{% $turn + 1 %}"}, "Output": "{% $states.result %}", "Next": "Call"},
        }}),
    )
}

/// A task for each item, as many at a time as a Map allows.
fn side_by_side() -> Definition {
    definition(
        &json!({"QueryLanguage": "JSONata", "StartAt": "Each", "States": {
        "Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Call", "States": {
            "Call": {"Type": "Task", "Resource": INVOKE, "Arguments": {"item": "{% $states.input %}"}, "End": true}}}}}}),
    )
}

fn waiting() -> Definition {
    definition(
        &json!({"QueryLanguage": "JSONata", "StartAt": "Prepare", "States": {
            "Prepare": {"Type": "Pass", "Assign": {"job": "{% $states.input.job %}", "tries": 0}, "Next": "Sized"},
            "Sized": {"Type": "Choice", "Default": "Pause", "Choices": [
                {"Condition": "{% $tries > 3 %}", "Next": "Done"}]},
            "Pause": {"Type": "Wait", "Seconds": 3600, "Next": "Done"},
            "Done": {"Type": "Succeed"},
        }}),
    )
}

fn definition(value: &Value) -> Definition {
    Definition::parse(&value.to_string()).expect("it is a definition")
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::Duration::days(20_000)
}

fn execution(input: Value, seed: u64) -> Execution {
    let info = ExecutionInfo {
        arn: format!("arn:aws:states:us-east-1:123456789012:execution:machine:{seed}"),
        name: seed.to_string(),
        role_arn: "arn:aws:iam::123456789012:role/machine".to_owned(),
        state_machine_arn: "arn:aws:states:us-east-1:123456789012:stateMachine:machine".to_owned(),
        state_machine_name: "machine".to_owned(),
        start_time: now(),
    };
    Execution::new(info, input, seed)
}

fn job(id: u64) -> Value {
    json!({"size": "large", "job": {"id": id, "run_id": 7, "labels": ["self-hosted", "linux", "x64"], "repository": "my-organisation/one"}})
}

fn started(commands: &[Command]) -> Vec<TaskId> {
    commands
        .iter()
        .filter_map(|command| match command {
            Command::StartTask { task, .. } => Some(*task),
            _ => None,
        })
        .collect()
}

/// One execution of the six states from its start to its end.
fn run_once(definition: &Definition, seed: u64, answer: &Value) -> Execution {
    let mut execution = execution(job(seed), seed);
    let mut commands = execution.on(definition, Event::Start, now());
    while let Some(&task) = started(&commands).first() {
        execution.on(definition, Event::TaskStarted { task }, now());
        let output = answer.clone();
        commands = execution.on(definition, Event::TaskSucceeded { task, output }, now());
    }
    assert_eq!(execution.status(), Status::Succeeded);
    execution
}

fn executions_a_second() {
    const ROUNDS: u64 = 10;
    const EACH: u64 = 5_000;
    let definition = six_states();
    let answer = json!({"Payload": {"outcome": "served", "runner": 12}, "StatusCode": 200});
    let events = run_once(&definition, 1, &answer).history().len();
    let (mut wall, mut processor) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (before, worked) = (Instant::now(), on_processor());
        for one in 0..EACH {
            black_box(run_once(&definition, round * EACH + one, &answer));
        }
        let each = |took: Duration| took.as_secs_f64() * 1e6 / EACH as f64;
        wall.push(each(before.elapsed()));
        processor.push(each(on_processor() - worked));
    }
    for (what, mut each) in [("by the clock", wall), ("of the processor", processor)] {
        each.sort_by(f64::total_cmp);
        let median = each[each.len() / 2];
        println!(
            "six states, {events} events: {:.0} executions a second, {median:.2} µs each {what} (best {:.2})",
            1e6 / median,
            each[0],
        );
    }
}

/// Executions that do one task after the other, until the limit of events.
fn cost_of_events() {
    const UNTIL: [usize; 6] = [1_000, 5_000, 10_000, 15_000, 20_000, 24_990];
    const ROUNDS: u64 = 40;
    let definition = one_after_the_other();
    let mut sums = [(0, Duration::ZERO); UNTIL.len()];
    for round in 0..ROUNDS {
        let mut execution = execution(json!({}), round);
        let mut commands = execution.on(&definition, Event::Start, now());
        let mut from = (execution.history().len(), on_processor());
        for (until, sum) in UNTIL.iter().zip(&mut sums) {
            while execution.history().len() < *until {
                let task = *started(&commands).first().expect("a task is open");
                execution.on(&definition, Event::TaskStarted { task }, now());
                let output = json!({"one": 1});
                commands = execution.on(&definition, Event::TaskSucceeded { task, output }, now());
            }
            let (events, worked) = (execution.history().len(), on_processor());
            *sum = (sum.0 + events - from.0, sum.1 + (worked - from.1));
            from = (events, worked);
        }
    }
    for (until, (events, worked)) in UNTIL.iter().zip(sums) {
        each(
            "one task after the other, up to event",
            *until,
            events,
            worked,
        );
    }
    let looping = round_and_round();
    let worked = on_processor();
    for round in 0..ROUNDS {
        let mut execution = execution(json!({}), round);
        execution.on(&looping, Event::Start, now());
        assert_eq!(execution.history().len(), 25_000);
    }
    let events = 25_000 * ROUNDS as usize;
    each(
        "Pass and Choice in one turn, up to event",
        25_000,
        events,
        on_processor() - worked,
    );
}

fn each(what: &str, of: usize, events: usize, worked: Duration) {
    let micros = worked.as_secs_f64() * 1e6 / events as f64;
    println!("{what} {of}: {micros:.2} µs an event of the processor");
}

/// What this thread has worked so far: other work on the machine does not count.
fn on_processor() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").expect("it is Linux");
    let nanos = stat.split_whitespace().next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanos.expect("it has the figure"))
}

/// A Map over so many items, its tasks answered last one first.
fn wide(items: u64) {
    const EVENTS: u64 = 1_000_000;
    let definition = side_by_side();
    let (mut events, before) = (0, on_processor());
    for round in 0..EVENTS / (7 * items) {
        let mut execution = execution((0..items).collect(), round);
        let commands = execution.on(&definition, Event::Start, now());
        let mut tasks = started(&commands);
        while let Some(task) = tasks.pop() {
            execution.on(&definition, Event::TaskStarted { task }, now());
            let output = json!(1);
            let commands = execution.on(&definition, Event::TaskSucceeded { task, output }, now());
            tasks.extend(started(&commands));
        }
        assert_eq!(execution.status(), Status::Succeeded);
        events += execution.history().len();
    }
    each(
        "a Map, iterations",
        items as usize,
        events,
        on_processor() - before,
    );
}

fn bytes_of_waiting() {
    const MANY: u64 = 50_000;
    let definition = waiting();
    let mut all = Vec::with_capacity(MANY as usize);
    let before = resident();
    for one in 0..MANY {
        let mut execution = execution(job(one), one);
        execution.on(&definition, Event::Start, now());
        assert_eq!(execution.status(), Status::Running);
        all.push(execution);
    }
    let each = (resident() - before) as f64 / MANY as f64;
    let one = &all[0];
    println!(
        "waiting: {:.1} kB an execution of {} events, {:.1} kB stored",
        each / 1e3,
        one.history().len(),
        serde_json::to_string(one).expect("it stores").len() as f64 / 1e3
    );
}

/// `RssAnon` of this process in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("it is Linux");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.expect("it has the line") * 1024
}

fn main() {
    bytes_of_waiting();
    executions_a_second();
    cost_of_events();
    for items in [140, 700, 3_500] {
        wide(items);
    }
}
