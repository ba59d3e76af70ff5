//! What a hostile job could do with its task's role.

use anyhow::{Context as _, Result, ensure};
use aws_emulator::{Account, Deployed, Report, TaskRole};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;

pub(crate) async fn a_job_in_reach_of_its_role_can_do_nothing_with_it(
    deployed: &Deployed,
    role: &TaskRole,
    report: &Report,
) -> Result<()> {
    let Err(refused) = role.assumed_by_root().await else {
        anyhow::bail!("the tasks' role can be assumed by others than ECS");
    };
    ensure!(refused.to_string().contains("AccessDenied"), "{refused}");

    let claims = deployed.names.claims_table();
    let handover = deployed.names.handover_table();
    let inside = Client::new(&role.inside.config().await);
    let outside = Client::new(&role.outside.config().await);
    let take = |client: &Client, table: &str| {
        let call = client.delete_item().table_name(table);
        call.key("pk", nobody()).send()
    };
    take(&inside, &handover)
        .await
        .context("the one call that a container needs")?;
    report.line("task role: DeleteItem on the hand-over table from the VPC: allowed");
    denied(
        report,
        "DeleteItem from outside the VPC",
        take(&outside, &handover).await,
    )?;
    denied(report, "DeleteItem on claims", take(&inside, &claims).await)?;
    for table in [claims, handover] {
        let get = inside.get_item().table_name(&table).key("pk", nobody());
        denied(report, &format!("GetItem on {table}"), get.send().await)?;
        let put = inside.put_item().table_name(&table).item("pk", nobody());
        denied(report, &format!("PutItem on {table}"), put.send().await)?;
        let scan = inside.scan().table_name(&table);
        denied(report, &format!("Scan on {table}"), scan.send().await)?;
        let query = inside
            .query()
            .table_name(&table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", nobody());
        denied(report, &format!("Query on {table}"), query.send().await)?;
    }
    let tasks = aws_sdk_ecs::Client::new(&role.inside.config().await);
    denied(report, "ListTasks", tasks.list_tasks().send().await)?;
    the_apps_key_is_denied(deployed, &role.inside, report).await
}

/// A key that no item has.
fn nobody() -> AttributeValue {
    AttributeValue::S("nobody".to_owned())
}

fn denied<T, E, R>(report: &Report, what: &str, answer: Result<T, SdkError<E, R>>) -> Result<()>
where
    E: ProvideErrorMetadata,
{
    let Err(refused) = answer else {
        anyhow::bail!("the tasks' role allows {what}");
    };
    let code = refused.code().unwrap_or("no answer");
    ensure!(code.starts_with("AccessDenied"), "{what}: {code}");
    report.line(format!("task role: {what}: denied"));
    Ok(())
}

async fn the_apps_key_is_denied(
    deployed: &Deployed,
    role: &Account,
    report: &Report,
) -> Result<()> {
    let key = deployed.names.app_key_secret();
    let call = ["secretsmanager", "get-secret-value", "--secret-id", &key];
    let Err(refused) = role.aws(&call).await else {
        anyhow::bail!("the tasks' role can read the App's key");
    };
    ensure!(refused.to_string().contains("AccessDenied"), "{refused}");
    report.line("task role: GetSecretValue of the App's key: denied");
    Ok(())
}
