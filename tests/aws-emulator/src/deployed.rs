//! The whole stage: AWS by the emulator, GitHub by ours, the stack between them,
//! put there by the CDK as a person would.

use crate::account::Account;
use crate::cdk::Cdk;
use crate::changes::{self, Change};
use crate::container::Container;
use crate::ministack::Ministack;
use crate::settings;
use crate::stack::{self, Resource};
use crate::task_role::TaskRole;
use crate::tools::Tools;
use anyhow::{Context as _, Result, bail};
use github_emulator::Emulator;
use jit_runners::clients::Clients;
use jit_runners::evidence::{self, Execution};
use jit_runners::names::Names;
use jit_runners::stage::REPOSITORY;
use secrecy::{ExposeSecret as _, SecretString};
use std::path::PathBuf;
use tempfile::TempDir;

/// The fleet's name: not the default one, so that a name written out where it
/// should be made shows.
pub const FLEET: &str = "emulated";

/// A running deployment. End it with [`Deployed::destroy`] and then
/// [`Deployed::shutdown`]; dropped, its processes are killed.
#[derive(Debug)]
pub struct Deployed {
    /// The account that it is in: `account.environment()` lets any program
    /// find it.
    pub account: Account,
    /// GitHub.
    pub github: Emulator,
    /// The SDK's clients, as the account's root user.
    pub clients: Clients,
    /// The names of the fleet's resources.
    pub names: Names,
    /// ARN of the state machine.
    pub state_machine: String,
    /// Where GitHub sends its events.
    pub webhook_url: String,
    /// What signs them.
    pub webhook_secret: SecretString,
    /// What was changed of the product's template.
    pub changes: Vec<Change>,
    /// What the stack is made of.
    pub resources: Vec<Resource>,
    tools: Tools,
    cdk: Cdk,
    settings: PathBuf,
    ministack: Ministack,
    folder: TempDir,
}

impl Deployed {
    /// Starts both emulators and deploys: the secrets as `jit-runners setup`
    /// puts them, `cdk bootstrap`, `cdk deploy`, the alias, the webhook.
    ///
    /// # Errors
    /// Whatever a step says.
    pub async fn start(tools: &Tools) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("aws-emulator-").tempdir()?;
        let ministack = Ministack::start(tools, folder.path()).await?;
        let account = ministack.account.clone();
        let github = github_emulator::Settings::default();
        let app = github.app.clone();
        let github = Emulator::start(github).await?;
        let names = Names::new(FLEET);
        let webhook_secret = SecretString::from(uuid::Uuid::new_v4().simple().to_string());
        put_secret(
            &account,
            &names.app_key_secret(),
            github.app_private_key_pem(),
        )
        .await?;
        let text = webhook_secret.expose_secret();
        put_secret(&account, &names.webhook_secret(), text).await?;

        let cdk = Cdk::new(tools, &account, folder.path());
        let settings = settings::write(tools, folder.path(), &app, &github.base_url())?;
        cdk.bootstrap().await?;
        cdk.deploy(&settings).await?;
        let clients = Clients::new(&account.config().await);
        let resources = stack::resources(&account, FLEET).await?;
        let state_machine = physical(&resources, "AWS::StepFunctions::StateMachine")?;
        publish(&clients, &state_machine).await?;
        let webhook_url = webhook_url(&account, &names).await?;
        github.create_repository(REPOSITORY, true);
        github.set_webhook(webhook_url.clone(), webhook_secret.clone());
        Ok(Self {
            changes: changes::read(&cdk.changes())?,
            tools: tools.clone(),
            account,
            github,
            clients,
            names,
            state_machine,
            webhook_url,
            webhook_secret,
            resources,
            cdk,
            settings,
            ministack,
            folder,
        })
    }

    /// What the AWS emulator has said, for a test that is about to fail.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("ministack.log")).unwrap_or_default()
    }

    /// The settings file that the stack was made from.
    #[must_use]
    pub fn settings(&self) -> &std::path::Path {
        &self.settings
    }

    /// Every execution, oldest first.
    ///
    /// # Errors
    /// Step Functions does not answer.
    pub async fn executions(&self) -> Result<Vec<Execution>> {
        evidence::executions(&self.clients.executions, &self.state_machine).await
    }

    /// ARNs of the tasks that run.
    ///
    /// # Errors
    /// ECS does not answer.
    pub async fn running_tasks(&self) -> Result<Vec<String>> {
        let listed = self
            .clients
            .tasks
            .list_tasks()
            .cluster(FLEET)
            .send()
            .await?;
        Ok(listed.task_arns.unwrap_or_default())
    }

    /// Items of a table.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub async fn count(&self, table: &str) -> Result<usize> {
        let scanned = self.clients.tables.scan().table_name(table).send().await?;
        Ok(scanned.items().len())
    }

    /// The claims: the table also holds the repositories that were seen.
    ///
    /// # Errors
    /// DynamoDB does not answer.
    pub async fn claims(&self) -> Result<usize> {
        let table = self.names.claims_table();
        let scanned = self.clients.tables.scan().table_name(table).send().await?;
        let keys = scanned.items().iter().filter_map(|item| item.get("pk"));
        let keys = keys.filter_map(|pk| pk.as_s().ok());
        Ok(keys.filter(|pk| pk.starts_with("job#")).count())
    }

    /// The deployed role of tasks, as something that can be signed in to.
    ///
    /// # Errors
    /// IAM does not answer.
    pub async fn task_role(&self) -> Result<TaskRole> {
        let is_task_role = |resource: &&Resource| {
            resource.r#type == "AWS::IAM::Role" && resource.logical_id.contains("TaskRole")
        };
        let role = self.resources.iter().find(is_task_role);
        let role = role.context("the stack has a role for tasks")?;
        TaskRole::new(&self.account, &role.physical_id).await
    }

    /// Is the container of a task: starts the packaged entrypoint with what
    /// Fargate would give it, as `role`.
    ///
    /// # Errors
    /// ECS does not know the task, or the process cannot be started.
    pub async fn run_container(&self, task: &str, role: &Account) -> Result<Container> {
        let entrypoint = self.tools.package.join("entrypoint-x86_64");
        Container::start(&self.clients.tasks, FLEET, task, &entrypoint, role).await
    }

    /// `cdk destroy`, and the secrets removed as a person would; answers what is
    /// left of the fleet, in words.
    ///
    /// # Errors
    /// Whatever a step says.
    pub async fn destroy(&self) -> Result<Vec<String>> {
        self.cdk.destroy(&self.settings).await?;
        for secret in [self.names.app_key_secret(), self.names.webhook_secret()] {
            let at_once = "--force-delete-without-recovery";
            self.account
                .aws(&[
                    "secretsmanager",
                    "delete-secret",
                    "--secret-id",
                    &secret,
                    at_once,
                ])
                .await?;
        }
        stack::left(&self.account, FLEET).await
    }

    /// Ends both emulators and every process of theirs.
    ///
    /// # Errors
    /// A process is left.
    pub async fn shutdown(self) -> Result<()> {
        self.ministack.stop().await?;
        self.github.shutdown().await;
        self.folder.close()?;
        Ok(())
    }
}

async fn put_secret(account: &Account, name: &str, text: &str) -> Result<()> {
    let call = ["secretsmanager", "create-secret", "--name", name];
    let mut arguments = call.to_vec();
    arguments.extend(["--secret-string", text]);
    account.aws(&arguments).await?;
    Ok(())
}

fn physical(resources: &[Resource], r#type: &str) -> Result<String> {
    let found = resources.iter().find(|resource| resource.r#type == r#type);
    let found = found.with_context(|| format!("the stack has no {type}", r#type = r#type))?;
    Ok(found.physical_id.clone())
}

/// Publishes the state machine's version and its alias `live`, which the stack
/// has and the emulator's CloudFormation has not.
async fn publish(clients: &Clients, state_machine: &str) -> Result<()> {
    let client = &clients.executions;
    let version = client
        .publish_state_machine_version()
        .state_machine_arn(state_machine)
        .send()
        .await?;
    let route = aws_sdk_sfn::types::RoutingConfigurationListItem::builder()
        .state_machine_version_arn(version.state_machine_version_arn)
        .weight(100)
        .build()?;
    client
        .create_state_machine_alias()
        .name("live")
        .routing_configuration(route)
        .send()
        .await?;
    Ok(())
}

/// The function URL, at the address where the emulator serves it.
async fn webhook_url(account: &Account, names: &Names) -> Result<String> {
    let function = names.function("webhook");
    let call = ["lambda", "get-function-url-config", "--qualifier", "live"];
    let mut arguments = call.to_vec();
    arguments.extend(["--function-name", &function]);
    let config = account.aws(&arguments).await?;
    let url = config["FunctionUrl"].as_str().unwrap_or_default();
    let Some(id) = url
        .strip_prefix("https://")
        .and_then(|url| url.split('.').next())
    else {
        bail!("{function} has no function URL: {config}");
    };
    Ok(format!("{}/_aws/lambda-url/{id}/", account.endpoint))
}
