//! `jit-runners doctor`: reads a deployment, or the local place, and says line
//! by line what is right, what is wrong, and how to mend it.
//!
//! Each subject is a file; subjects run at the same time and never fail as a
//! whole: what cannot be found out is a finding as well. Nothing is changed,
//! and no secret is shown.

mod account;
mod alarms;
mod aws;
mod checks;
mod definition;
mod deployment;
mod events;
mod finding;
mod functions;
mod github;
mod image;
mod logs;
mod network;
mod quotas;
mod report;
mod secrets;
mod state_machine;
mod tables;
mod tasks;
mod url;

pub use checks::{CHECKS, Check};
pub use finding::{Finding, Status};
pub use report::Report;

use crate::target::Target;
use anyhow::Result;
use aws::{Aws, Fault};
use deployment::{Deployment, Identity};
use serde_json::Value;
use std::sync::Arc;

/// What the subjects share.
#[derive(Debug)]
struct Context {
    aws: Aws,
    deployment: Deployment,
    /// The address of the function `webhook`.
    webhook_url: Result<url::FunctionUrl, Fault>,
    /// What the state machine runs, as `DescribeTaskDefinition` shows it.
    task_definitions: Vec<(String, Result<Value, Fault>)>,
}

impl Context {
    fn in_place(&self) -> bool {
        self.deployment.identity.in_place
    }

    fn machine_arn(&self) -> String {
        self.deployment.machine_arn(self.aws.region())
    }
}

/// Looks at everything.
///
/// # Errors
/// No region is set anywhere; every other trouble is in the report.
pub async fn examine(target: &Target) -> Result<Report> {
    let aws = Aws::new(target.config().await?)?;
    let region = aws.region().to_owned();
    let identity = Identity::read(&aws).await;
    let mut findings = vec![account::check(&identity, &region)];
    match identity {
        Ok(identity) => findings.extend(subjects(aws, target, identity).await),
        // Every other call would only wait for the same end.
        Err(_) => findings.extend(
            CHECKS
                .iter()
                .filter(|check| check.id != "account.identity")
                .map(|check| Finding::needs(check.id, "the account", "account.identity")),
        ),
    }
    Ok(Report::new(target.fleet.clone(), region, findings))
}

async fn subjects(aws: Aws, target: &Target, identity: Identity) -> Vec<Finding> {
    let deployment = Deployment::read(&aws, target.names(), identity).await;
    let definition = deployment.definition();
    let (webhook_url, task_definitions) = futures::join!(
        url::read(&aws, &deployment.names),
        tasks::read(&aws, definition.as_ref()),
    );
    let context = Arc::new(Context {
        aws,
        deployment,
        webhook_url,
        task_definitions,
    });
    let (functions, secrets, tables, machine, events, tasks) = futures::join!(
        functions::check(&context),
        secrets::check(&context),
        tables::check(&context),
        state_machine::check(&context),
        events::check(&context),
        tasks::check(&context),
    );
    let (image, network, quotas, alarms, logs, github) = futures::join!(
        image::check(&context),
        network::check(&context),
        quotas::check(&context),
        alarms::check(&context),
        logs::check(&context),
        github::check(&context),
    );
    [
        functions, secrets, tables, machine, events, tasks, image, network, quotas, alarms, logs,
        github,
    ]
    .concat()
}
