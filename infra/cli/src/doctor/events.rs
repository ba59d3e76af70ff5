//! From GitHub's events to what they start: bus, rules, targets, and where
//! events go that could not be delivered.

use super::Context;
use super::aws::Fault;
use super::aws::service::{EVENTS, SQS};
use super::finding::Finding;
use chrono::{SecondsFormat, Utc};
use domain::names::handler;
use serde_json::{Value, json};

const BUS: &str = "events.bus";
const RULE: &str = "events.rule";
const PATTERN: &str = "events.pattern";
const TARGET: &str = "events.target";
const ARCHIVE: &str = "events.archive";
const DEAD_LETTERS: &str = "events.dead-letters";
const DEPLOY: &str = "deploy the stack again";

/// A rule of the fleet, and what its events are to reach.
struct Wanted {
    rule: String,
    /// GitHub's action that it is for.
    action: &'static str,
    /// The target in words.
    what: &'static str,
    /// Its ARN without the alias.
    target: String,
    /// What does not happen where the rule is off.
    otherwise: &'static str,
}

fn wanted(context: &Context) -> [Wanted; 2] {
    let names = &context.deployment.names;
    let release = names.function(handler::RELEASE);
    let (region, account) = (context.aws.region(), &context.deployment.identity.account);
    // Of whatever partition the machine is.
    let machine = context.machine_arn();
    let partition = machine.split(':').nth(1).unwrap_or("aws").to_owned();
    [
        Wanted {
            rule: names.queued_rule(),
            action: "queued",
            what: "the state machine",
            target: machine,
            otherwise: "queued jobs start nothing",
        },
        Wanted {
            rule: names.completed_rule(),
            action: "completed",
            what: "the function release",
            target: format!("arn:{partition}:lambda:{region}:{account}:function:{release}"),
            otherwise: "runners of cancelled jobs wait until their idle limit",
        },
    ]
}

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let bus = context
        .deployment
        .variable("EVENT_BUS")
        .unwrap_or_else(|| context.deployment.names.fleet().to_owned());
    let [queued, completed] = &wanted(context);
    let (bus_read, queued, completed, archive, dead_letters) = futures::join!(
        read(context, "DescribeEventBus", json!({"Name": bus})),
        rule(context, &bus, queued),
        rule(context, &bus, completed),
        archive(context),
        dead_letters(context),
    );
    let bus_finding = match &bus_read {
        Err(fault) if fault.is_missing() => {
            Finding::wrong(BUS, "there is no such event bus", DEPLOY)
        }
        Err(fault) => Finding::fault(BUS, fault),
        Ok(_) => Finding::ok(BUS, "there"),
    };
    let mut found = vec![bus_finding.of(&bus)];
    found.extend(queued);
    found.extend(completed);
    found.push(archive.of(context.deployment.names.fleet()));
    found.push(dead_letters.of(context.deployment.names.dead_letter_queue()));
    found
}

/// One rule: on, for the right events, to the right target.
async fn rule(context: &Context, bus: &str, wanted: &Wanted) -> [Finding; 3] {
    let rule = &wanted.rule;
    let (described, targets) = futures::join!(
        read(
            context,
            "DescribeRule",
            json!({"Name": rule, "EventBusName": bus})
        ),
        read(
            context,
            "ListTargetsByRule",
            json!({"Rule": rule, "EventBusName": bus})
        ),
    );
    [
        enabled(wanted, &described).of(rule),
        pattern(context, wanted, &described).await.of(rule),
        target(context, wanted, &targets).of(rule),
    ]
}

async fn read(context: &Context, operation: &str, input: Value) -> Result<Value, Fault> {
    context.aws.json(EVENTS, operation, input).await
}

fn enabled(wanted: &Wanted, read: &Result<Value, Fault>) -> Finding {
    match read {
        Err(fault) if fault.is_missing() => Finding::wrong(RULE, "there is no such rule", DEPLOY),
        Err(fault) => Finding::fault(RULE, fault),
        Ok(rule) => match rule["State"].as_str().unwrap_or_default() {
            state if state.starts_with("ENABLED") => Finding::ok(RULE, state),
            state => Finding::wrong(
                RULE,
                format!("its state is {state}, so {}", wanted.otherwise),
                "enable it: `aws events enable-rule`",
            ),
        },
    }
}

/// EventBridge itself says whether such a job's event would match.
async fn pattern(context: &Context, wanted: &Wanted, rule: &Result<Value, Fault>) -> Finding {
    let Ok(rule) = rule else {
        return Finding::needs(PATTERN, "the rule", RULE);
    };
    let action = wanted.action;
    let event = json!({
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "account": context.deployment.identity.account,
        "region": context.aws.region(),
        "time": Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
        "source": "github.com",
        "detail-type": "workflow_job",
        "resources": [],
        "detail": {
            "action": action,
            "workflow_job": {"id": 1, "run_attempt": 1, "labels": ["self-hosted"], "status": action},
        },
    });
    let input = json!({"EventPattern": rule["EventPattern"], "Event": event.to_string()});
    match read(context, "TestEventPattern", input).await {
        Err(fault) => Finding::fault(PATTERN, &fault),
        Ok(answer) if answer["Result"] == true => Finding::ok(
            PATTERN,
            format!("a {action} self-hosted job's event matches"),
        ),
        Ok(_) => Finding::wrong(
            PATTERN,
            format!("a {action} self-hosted job's event does not match"),
            format!("{DEPLOY}; the pattern is the stack's"),
        ),
    }
}

fn target(context: &Context, wanted: &Wanted, read: &Result<Value, Fault>) -> Finding {
    let targets = match read {
        Err(fault) if fault.is_missing() => return Finding::needs(TARGET, "the rule", RULE),
        Err(fault) => return Finding::fault(TARGET, fault),
        Ok(answer) => answer["Targets"].as_array().map_or(&[][..], Vec::as_slice),
    };
    let live = format!("{}:live", wanted.target);
    let arn = |target: &Value| target["Arn"].as_str().unwrap_or_default().to_owned();
    let Some(ours) = targets.iter().find(|target| {
        let arn = arn(target);
        arn == live || arn == wanted.target
    }) else {
        let seen: Vec<String> = targets.iter().map(arn).collect();
        let observed = if seen.is_empty() {
            "it has no target".to_owned()
        } else {
            format!("its target is {}", seen.join(", "))
        };
        return Finding::wrong(TARGET, observed, format!("let it start {live}: {DEPLOY}"));
    };
    if context.in_place() {
        return Finding::ok(TARGET, wanted.what);
    }
    if arn(ours) != live {
        let observed = format!("{} itself, not its alias live", wanted.what);
        return Finding::warning(TARGET, observed, format!("let it start {live}: {DEPLOY}"));
    }
    if ours["DeadLetterConfig"]["Arn"].as_str().is_none() {
        let observed = "the alias live, without a dead-letter queue";
        return Finding::warning(TARGET, observed, DEPLOY);
    }
    Finding::ok(TARGET, "the alias live, with a dead-letter queue")
}

async fn archive(context: &Context) -> Finding {
    let name = context.deployment.names.fleet();
    match read(context, "DescribeArchive", json!({"ArchiveName": name})).await {
        Err(fault) if fault.is_missing() => Finding::warning(
            ARCHIVE,
            "there is no archive, so lost events cannot be replayed",
            DEPLOY,
        ),
        Err(fault) => Finding::fault(ARCHIVE, &fault),
        Ok(archive) => match archive["State"].as_str().unwrap_or_default() {
            state @ ("ENABLED" | "CREATING" | "UPDATING") => Finding::ok(ARCHIVE, state),
            state => Finding::warning(ARCHIVE, format!("its state is {state}"), DEPLOY),
        },
    }
}

async fn dead_letters(context: &Context) -> Finding {
    let name = context.deployment.names.dead_letter_queue();
    let url = match context
        .aws
        .json(SQS, "GetQueueUrl", json!({"QueueName": name}))
        .await
    {
        Err(fault) if fault.is_missing() => {
            let observed = "there is no such queue, so events that fail are lost";
            return Finding::warning(DEAD_LETTERS, observed, DEPLOY);
        }
        Err(fault) => return Finding::fault(DEAD_LETTERS, &fault),
        Ok(answer) => answer["QueueUrl"].clone(),
    };
    let input = json!({"QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"]});
    match context.aws.json(SQS, "GetQueueAttributes", input).await {
        Err(fault) => Finding::fault(DEAD_LETTERS, &fault),
        Ok(answer) => match answer["Attributes"]["ApproximateNumberOfMessages"].as_str() {
            Some("0") => Finding::ok(DEAD_LETTERS, "empty"),
            Some(count) => Finding::wrong(
                DEAD_LETTERS,
                format!("{count} events could not be delivered"),
                "read why in their attributes, mend it, and replay them from the archive",
            ),
            None => Finding::unknown(
                DEAD_LETTERS,
                "the queue does not tell its length",
                "look at it by hand",
            ),
        },
    }
}
