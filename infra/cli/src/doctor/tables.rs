//! The two tables: their keys, and that claims are backed up and hand-overs are not.

use super::Context;
use super::aws::Fault;
use super::aws::service::DYNAMODB;
use super::finding::Finding;
use serde_json::{Value, json};

const CLAIMS: &str = "tables.claims";
const HANDOVER: &str = "tables.handover";
const CLAIMS_BACKUP: &str = "tables.claims-backup";
const HANDOVER_BACKUP: &str = "tables.handover-backup";

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let deployment = &context.deployment;
    let claims = deployment
        .variable("CLAIMS_TABLE")
        .unwrap_or_else(|| deployment.names.claims_table());
    let handover = deployment
        .variable("HANDOVER_TABLE")
        .unwrap_or_else(|| deployment.names.handover_table());
    let (claims_table, handover_table, claims_backup, handover_backup) = futures::join!(
        read(context, "DescribeTable", &claims),
        read(context, "DescribeTable", &handover),
        read(context, "DescribeContinuousBackups", &claims),
        read(context, "DescribeContinuousBackups", &handover),
    );
    vec![
        table(CLAIMS, &claims_table).of(&claims),
        handover_of(&handover_table).of(&handover),
        backup(context, CLAIMS_BACKUP, &claims_backup, true).of(claims),
        backup(context, HANDOVER_BACKUP, &handover_backup, false).of(handover),
    ]
}

async fn read(context: &Context, operation: &str, table: &str) -> Result<Value, Fault> {
    let input = json!({"TableName": table});
    context.aws.json(DYNAMODB, operation, input).await
}

fn table(id: &'static str, read: &Result<Value, Fault>) -> Finding {
    let deploy = "deploy the stack again";
    match read {
        Err(fault) if fault.is_missing() => Finding::wrong(id, "there is no such table", deploy),
        Err(fault) => Finding::fault(id, fault),
        Ok(answer) => {
            let table = &answer["Table"];
            let status = table["TableStatus"].as_str().unwrap_or_default();
            let key = json!([{"AttributeName": "pk", "KeyType": "HASH"}]);
            if !["ACTIVE", "UPDATING"].contains(&status) {
                let fix = "wait until it is ACTIVE, or deploy the stack again";
                Finding::wrong(id, format!("its status is {status}"), fix)
            } else if table["KeySchema"] != key {
                let observed = format!("its key is {}", table["KeySchema"]);
                Finding::wrong(id, observed, "it must be the partition key pk alone")
            } else {
                Finding::ok(id, format!("{status}, key pk"))
            }
        }
    }
}

fn handover_of(read: &Result<Value, Fault>) -> Finding {
    if let Ok(answer) = read
        && answer["Table"]["StreamSpecification"]["StreamEnabled"] == true
    {
        return Finding::wrong(
            HANDOVER,
            "it has a stream, which would carry JIT configurations elsewhere",
            "switch the stream off",
        );
    }
    table(HANDOVER, read)
}

fn backup(
    context: &Context,
    id: &'static str,
    read: &Result<Value, Fault>,
    wanted: bool,
) -> Finding {
    let path =
        "/ContinuousBackupsDescription/PointInTimeRecoveryDescription/PointInTimeRecoveryStatus";
    match read {
        Err(fault) if fault.is_missing() => Finding::needs(id, "the table", "tables"),
        Err(fault) => Finding::fault(id, fault),
        Ok(_) if context.in_place() => Finding::skipped(id, "the local place has no backups"),
        Ok(answer) => {
            let enabled = answer.pointer(path).and_then(Value::as_str) == Some("ENABLED");
            match (enabled, wanted) {
                (true, true) => Finding::ok(id, "point-in-time recovery is on"),
                (false, false) => Finding::ok(id, "no point-in-time recovery"),
                (false, true) => Finding::warning(
                    id,
                    "point-in-time recovery is off",
                    "switch it on, so that claims can be restored",
                ),
                (true, false) => Finding::wrong(
                    id,
                    "point-in-time recovery is on, so JIT configurations are kept",
                    "switch it off: what is in this table must be gone once it was read",
                ),
            }
        }
    }
}
