//! A deployment as its own settings describe it: the state machine, the rule,
//! and the environment of `mint`, which says where GitHub is.

use crate::clients::Clients;
use crate::names::Names;
use crate::target::Target;
use anyhow::{Context as _, Result, anyhow, bail};
use domain::clock::Clock;
use domain::settings::Settings;
use github::{AppClient, AppKey, Client, GitHubSettings, Http, Signer};
use secrecy::SecretString;
use std::collections::HashMap;

/// Everything that smoke needs to know of a fleet.
pub(super) struct Deployment {
    pub(super) names: Names,
    pub(super) region: String,
    pub(super) clients: Clients,
    pub(super) logs: aws_sdk_cloudwatchlogs::Client,
    pub(super) events: aws_sdk_eventbridge::Client,
    functions: aws_sdk_lambda::Client,
    secrets: aws_sdk_secretsmanager::Client,
    config: aws::Config,
    /// ARN of the state machine.
    pub(super) state_machine: String,
    pub(super) github: GitHubSettings,
    /// The secret that webhooks are signed with.
    webhook_secret: String,
}

impl Deployment {
    /// Finds a fleet by its name.
    ///
    /// # Errors
    /// There is none of that name in the region, or it cannot be read.
    pub(super) async fn find(target: &Target) -> Result<Self> {
        let config = target.config().await?;
        let names = target.names();
        let region = config.region().map(ToString::to_string).unwrap_or_default();
        let clients = Clients::new(&config);
        let state_machine = state_machine(&clients.executions, &names, &region).await?;
        let functions = aws_sdk_lambda::Client::new(&config);
        let environment = environment(&functions, &names.function("mint")).await?;
        let mut settings = Settings::new(environment);
        let github = GitHubSettings::read(&mut settings);
        settings.finish().map_err(|error| {
            anyhow!(
                "the settings of {} are unusable: {error}",
                names.function("mint")
            )
        })?;
        let webhook = environment_of(&functions, &names.function("webhook")).await;
        let webhook_secret = webhook
            .ok()
            .and_then(|mut variables| variables.remove("GITHUB_WEBHOOK_SECRET"))
            .unwrap_or_else(|| names.webhook_secret());
        Ok(Self {
            region,
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            events: aws_sdk_eventbridge::Client::new(&config),
            secrets: aws_sdk_secretsmanager::Client::new(&config),
            config: aws::Config::from(config),
            names,
            clients,
            functions,
            state_machine,
            github,
            webhook_secret,
        })
    }

    /// Where GitHub is.
    pub(super) fn http(&self) -> Result<Http> {
        Http::new(&self.github.server, Clock::system()).map_err(|error| anyhow!("{error}"))
    }

    /// GitHub in the App's own name.
    pub(super) async fn as_app(&self) -> Result<AppClient> {
        let signer = self.signer().await?;
        let id = self.github.installation.app_id.clone();
        Ok(AppClient::new(self.http()?, id, signer))
    }

    /// GitHub in the installation's name.
    pub(super) async fn as_installation(&self) -> Result<Client> {
        let signer = self.signer().await?;
        self.github
            .connect(&Clock::system(), signer, None)
            .map_err(|error| anyhow!("{error}"))
    }

    /// What signs as the App, as the functions do it.
    async fn signer(&self) -> Result<Signer> {
        Ok(match &self.github.key {
            AppKey::Secret(id) => Signer::pem(self.secret(id).await?),
            key @ AppKey::Kms(_) => app_key::signer(key, &self.config, Clock::system()),
        })
    }

    /// What webhooks are signed with.
    pub(super) async fn webhook_key(&self) -> Result<SecretString> {
        self.secret(&self.webhook_secret).await
    }

    async fn secret(&self, id: &str) -> Result<SecretString> {
        let answer = self
            .secrets
            .get_secret_value()
            .secret_id(id)
            .send()
            .await
            .map_err(|error| {
                let error = error.into_service_error();
                anyhow!("the secret {id} cannot be read ({error}): allow yourself secretsmanager:GetSecretValue on it")
            })?;
        answer
            .secret_string
            .map(SecretString::from)
            .with_context(|| format!("the secret {id} holds no text"))
    }

    /// The address that GitHub sends its events to, with no slash at its end.
    pub(super) async fn webhook_url(&self) -> Result<String> {
        let name = self.names.function("webhook");
        // The stack's URL belongs to the alias; the place knows none.
        for qualifier in [Some("live"), None] {
            let asked = self
                .functions
                .get_function_url_config()
                .function_name(&name)
                .set_qualifier(qualifier.map(str::to_owned))
                .send()
                .await;
            if let Ok(found) = asked {
                return Ok(found.function_url);
            }
        }
        bail!(
            "{name} has no function URL: give the address of its webhook with --webhook-url, or use --event-bus"
        )
    }

    /// The rule that starts executions: whether it is enabled, and its target
    /// the state machine or an alias of it; else what is wrong with it.
    pub(super) async fn rule(&self) -> Result<Result<String, String>> {
        let (rule, bus) = (self.names.queued_rule(), self.names.fleet());
        let described = self
            .events
            .describe_rule()
            .name(&rule)
            .event_bus_name(bus)
            .send()
            .await;
        let Ok(described) = described else {
            return Ok(Err(format!("there is no rule {rule} on the bus {bus}")));
        };
        let state = described.state.map(|state| state.as_str().to_owned());
        if state.as_deref() != Some("ENABLED") {
            return Ok(Err(format!("the rule {rule} is disabled")));
        }
        let targets = self
            .events
            .list_targets_by_rule()
            .rule(&rule)
            .event_bus_name(bus)
            .send()
            .await
            .context("ListTargetsByRule failed")?;
        let ours = targets
            .targets()
            .iter()
            .any(|target| target.arn().starts_with(&self.state_machine));
        if ours {
            Ok(Ok(rule))
        } else {
            Ok(Err(format!(
                "the rule {rule} does not lead to {}",
                self.state_machine
            )))
        }
    }
}

async fn state_machine(
    client: &aws_sdk_sfn::Client,
    names: &Names,
    region: &str,
) -> Result<String> {
    let mut pages = client.list_state_machines().into_paginator().items().send();
    while let Some(machine) = pages.next().await {
        let machine = machine.map_err(|error| {
            let error = error.into_service_error();
            anyhow!("the state machines in {region} cannot be listed ({error}): look at --region, --profile and your permissions")
        })?;
        if machine.name == names.fleet() {
            return Ok(machine.state_machine_arn);
        }
    }
    bail!(
        "there is no fleet {} in {region}: give its name with --fleet and its region with --region, or deploy it first",
        names.fleet()
    )
}

async fn environment(
    client: &aws_sdk_lambda::Client,
    function: &str,
) -> Result<HashMap<String, String>> {
    environment_of(client, function).await.map_err(|error| {
        anyhow!("the settings of the function {function} cannot be read ({error}): deploy the fleet again, or allow yourself lambda:GetFunctionConfiguration")
    })
}

async fn environment_of(
    client: &aws_sdk_lambda::Client,
    function: &str,
) -> Result<HashMap<String, String>> {
    let described = client
        .get_function_configuration()
        .function_name(function)
        .send()
        .await
        .map_err(aws_sdk_lambda::error::SdkError::into_service_error)?;
    Ok(described
        .environment
        .and_then(|environment| environment.variables)
        .unwrap_or_default())
}
