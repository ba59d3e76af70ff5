//! The alarms: there, heard by somebody, and silent.

use super::Context;
use super::aws::service::CLOUDWATCH;
use super::aws::xml;
use super::finding::Finding;
use serde_json::Value;

const DEPLOYED: &str = "alarms.deployed";
const ACTIONS: &str = "alarms.actions";
const STATE: &str = "alarms.state";

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let prefix = format!("{}-", context.deployment.names.fleet());
    let input = [
        ("AlarmNamePrefix".to_owned(), prefix),
        ("MaxRecords".to_owned(), "100".to_owned()),
    ];
    let read = context
        .aws
        .query(CLOUDWATCH, "DescribeAlarms", &input)
        .await;
    let answer = match read {
        Err(fault) => {
            return [DEPLOYED, ACTIONS, STATE]
                .map(|id| Finding::fault(id, &fault))
                .to_vec();
        }
        Ok(answer) => answer.body,
    };
    let alarms = xml::list(&answer["DescribeAlarmsResult"]["MetricAlarms"]);
    if alarms.is_empty() {
        let needs = |id| Finding::needs(id, "any alarm", DEPLOYED);
        return vec![
            Finding::wrong(DEPLOYED, "there is no alarm", "deploy the stack again"),
            needs(ACTIONS),
            needs(STATE),
        ];
    }
    let deaf = names(alarms, |alarm| {
        alarm["ActionsEnabled"] != "true" || xml::list(&alarm["AlarmActions"]).is_empty()
    });
    let ringing = names(alarms, |alarm| alarm["StateValue"] == "ALARM");
    vec![
        Finding::ok(DEPLOYED, format!("{} alarms", alarms.len())),
        if deaf.is_empty() {
            Finding::ok(ACTIONS, "every alarm has an action")
        } else {
            Finding::wrong(
                ACTIONS,
                format!("{} would tell nobody", deaf.join(", ")),
                "enable the alarms' actions and give them one, for example an SNS topic",
            )
        },
        if ringing.is_empty() {
            Finding::ok(STATE, "none is in ALARM")
        } else {
            Finding::wrong(
                STATE,
                format!("{} in ALARM", ringing.join(", ")),
                "follow the alarm's section in docs/operations.md",
            )
        },
    ]
}

fn names(alarms: &[Value], wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    alarms
        .iter()
        .filter(|alarm| wanted(alarm))
        .filter_map(|alarm| Some(alarm["AlarmName"].as_str()?.to_owned()))
        .collect()
}
