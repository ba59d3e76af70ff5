//! What a deployment says about itself, read once and used by every subject:
//! its functions' settings, its state machine, its secrets.
//!
//! What runs is the source, not a file of settings: names come from the fleet's
//! name, everything else from what these names lead to.

use super::aws::service::{LAMBDA, SECRETS, STATES, STS};
use super::aws::{Answer, Aws, Fault};
use crate::names::Names;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::names::handler;
use domain::policy::Policy;
use futures::future::join_all;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Who asks, and where.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) account: String,
    pub(crate) arn: String,
    /// The local place answered, not AWS.
    pub(crate) in_place: bool,
}

/// A deployment as it is.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) names: Names,
    pub(crate) identity: Identity,
    /// `GetFunctionConfiguration` by handler setting.
    pub(crate) functions: BTreeMap<&'static str, Result<Value, Fault>>,
    /// `DescribeStateMachine`.
    pub(crate) machine: Result<Value, Fault>,
    /// The webhook's signing secret; the error of reading it else. None where
    /// no function names one.
    pub(crate) webhook_secret: Option<Result<SecretString, Fault>>,
    /// The App's PEM, likewise; none where it is in KMS.
    pub(crate) app_key: Option<Result<SecretString, Fault>>,
}

impl Identity {
    pub(crate) async fn read(aws: &Aws) -> Result<Self, Fault> {
        let Answer { body, by_place } = aws.query(STS, "GetCallerIdentity", &[]).await?;
        let text = |name: &str| {
            let path = format!("/GetCallerIdentityResult/{name}");
            body.pointer(&path)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Ok(Self {
            account: text("Account"),
            arn: text("Arn"),
            in_place: by_place,
        })
    }
}

impl Deployment {
    pub(crate) async fn read(aws: &Aws, names: Names, identity: Identity) -> Self {
        let configurations = join_all(handler::ALL.iter().map(|handler| {
            let path = format!(
                "/2015-03-31/functions/{}/configuration",
                names.function(handler)
            );
            async move {
                (
                    *handler,
                    aws.get(LAMBDA, "GetFunctionConfiguration", path).await,
                )
            }
        }));
        let mut this = Self {
            functions: configurations.await.into_iter().collect(),
            machine: Ok(Value::Null),
            webhook_secret: None,
            app_key: None,
            names,
            identity,
        };
        let machine = json!({"stateMachineArn": this.machine_arn(aws.region())});
        let (machine, webhook_secret, app_key) = futures::join!(
            aws.json(STATES, "DescribeStateMachine", machine),
            secret(aws, this.variable("GITHUB_WEBHOOK_SECRET")),
            secret(aws, this.variable("GITHUB_APP_KEY_SECRET")),
        );
        this.machine = machine;
        this.webhook_secret = webhook_secret;
        this.app_key = app_key;
        this
    }

    /// A function's environment; none where it could not be read.
    pub(crate) fn variables(&self, handler: &str) -> Option<BTreeMap<String, String>> {
        let function = self.functions.get(handler)?.as_ref().ok()?;
        let variables = function.pointer("/Environment/Variables")?.as_object()?;
        let texts = variables
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
        Some(texts.collect())
    }

    /// A variable by the first function that has it; mint has most of them.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let order = [
            handler::MINT,
            handler::VERIFY_REMOVAL,
            handler::WEBHOOK,
            handler::SIZE,
            handler::ESCALATE,
            handler::RECONCILE,
        ];
        order.iter().find_map(|handler| {
            self.variables(handler)?
                .remove(name)
                .filter(|value| !value.is_empty())
        })
    }

    /// The policy that sizes jobs, where it can be read and used.
    pub(crate) fn policy(&self) -> Option<Policy> {
        let text = self.variables(handler::SIZE)?.remove("POLICY")?;
        Policy::parse(&text).ok()
    }

    /// The state machine's definition.
    pub(crate) fn definition(&self) -> Option<Value> {
        let text = self.machine.as_ref().ok()?.get("definition")?.as_str()?;
        serde_json::from_str(text).ok()
    }

    /// The state machine's ARN, by the account and region that the functions are in.
    pub(crate) fn machine_arn(&self, region: &str) -> String {
        let function = self
            .functions
            .values()
            .find_map(|function| function.as_ref().ok()?.get("FunctionArn")?.as_str());
        let parts: Vec<&str> = function.unwrap_or_default().split(':').collect();
        let (partition, region, account) = match parts[..] {
            [_, partition, _, region, account, ..] => (partition, region, account),
            _ => {
                let partition = self.identity.arn.split(':').nth(1).unwrap_or("aws");
                (partition, region, self.identity.account.as_str())
            }
        };
        format!(
            "arn:{partition}:states:{region}:{account}:stateMachine:{}",
            self.names.fleet()
        )
    }
}

/// A secret's value, where one is named. It is only ever parsed, never shown.
async fn secret(aws: &Aws, id: Option<String>) -> Option<Result<SecretString, Fault>> {
    let read = aws.json(SECRETS, "GetSecretValue", json!({"SecretId": id?}));
    Some(read.await.map(|answer| {
        let binary = || {
            let bytes = STANDARD.decode(answer["SecretBinary"].as_str()?).ok()?;
            String::from_utf8(bytes).ok()
        };
        let text = answer["SecretString"].as_str().map(str::to_owned);
        SecretString::from(text.or_else(binary).unwrap_or_default())
    }))
}
