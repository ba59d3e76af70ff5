//! The functions: deployed, with settings and a policy that they can use.

use super::Context;
use super::aws::service::LAMBDA;
use super::finding::Finding;
use domain::names::handler;
use domain::policy::Policy;
use futures::future::join_all;
use github::Server;
use std::collections::BTreeMap;

const DEPLOYED: &str = "functions.deployed";
const SETTINGS: &str = "functions.settings";
const POLICY: &str = "functions.policy";
const ALIAS: &str = "functions.alias";
const URL: &str = "functions.url";
const DEPLOY: &str = "deploy the stack: `npx cdk deploy` in infra/cdk";

/// What more than one function must be told alike.
const SHARED: [&str; 4] = [
    "GITHUB_API_URL",
    "GITHUB_APP_ID",
    "GITHUB_INSTALLATION_ID",
    "CLAIMS_TABLE",
];

pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let mut found: Vec<Finding> = handler::ALL
        .iter()
        .map(|handler| deployed(context, handler))
        .collect();
    let names = |handler: &str| context.deployment.names.function(handler);
    found.extend(
        handler::ALL
            .iter()
            .map(|handler| settings(context, handler).of(names(handler))),
    );
    found.push(policy(context).of(names(handler::SIZE)));
    found.push(alias(context).await);
    found.push(url(context).await.of(names(handler::WEBHOOK)));
    found
}

fn deployed(context: &Context, handler: &'static str) -> Finding {
    let deployment = &context.deployment;
    let name = deployment.names.function(handler);
    let finding = match &deployment.functions[handler] {
        Err(fault) if fault.is_missing() => Finding::wrong(
            DEPLOYED,
            format!("there is no function {name} in {}", context.aws.region()),
            format!("{DEPLOY}; if it is deployed elsewhere, give --region, --profile or --fleet"),
        ),
        Err(fault) => Finding::fault(DEPLOYED, fault),
        Ok(function) => {
            let text = |field: &str| function[field].as_str().unwrap_or_default().to_owned();
            if text("Handler") != handler {
                let observed = format!("its handler setting is {:?}", text("Handler"));
                Finding::wrong(DEPLOYED, observed, format!("set it to {handler}: {DEPLOY}"))
            } else if text("State") == "Failed" || text("LastUpdateStatus") == "Failed" {
                let observed = format!("it cannot run: {}", text("StateReason"));
                Finding::wrong(DEPLOYED, observed, DEPLOY)
            } else {
                let (memory, timeout) = (&function["MemorySize"], &function["Timeout"]);
                Finding::ok(DEPLOYED, format!("{memory} MB, {timeout} s"))
            }
        }
    };
    finding.of(name)
}

/// The variables that a function cannot do without.
fn required(handler: &str) -> &'static [&'static str] {
    const GITHUB: [&str; 4] = [
        "CLAIMS_TABLE",
        "HANDOVER_TABLE",
        "GITHUB_APP_ID",
        "GITHUB_INSTALLATION_ID",
    ];
    const RECONCILE: [&str; 7] = [
        "CLAIMS_TABLE",
        "HANDOVER_TABLE",
        "GITHUB_APP_ID",
        "GITHUB_INSTALLATION_ID",
        "CLUSTER",
        "EVENT_BUS",
        "STATE_MACHINE_ARN",
    ];
    match handler {
        handler::WEBHOOK => &["EVENT_BUS", "GITHUB_WEBHOOK_SECRET"],
        handler::RECONCILE => &RECONCILE,
        handler::MINT | handler::VERIFY_REMOVAL => &GITHUB,
        _ => &[],
    }
}

fn settings(context: &Context, handler: &str) -> Finding {
    let Some(variables) = context.deployment.variables(handler) else {
        return match &context.deployment.functions[handler] {
            // Lambda leaves the field out where there are none.
            Ok(_) if required(handler).is_empty() => Finding::ok(SETTINGS, "it needs none"),
            Ok(_) => Finding::wrong(SETTINGS, "it has no environment variables", DEPLOY),
            Err(_) => Finding::needs(SETTINGS, "the function", DEPLOYED),
        };
    };
    let mut problems: Vec<String> = required(handler)
        .iter()
        .filter(|name| set(&variables, name).is_none())
        .map(|name| format!("{name} is not set"))
        .collect();
    if required(handler).contains(&"GITHUB_APP_ID") {
        problems.extend(github_problems(&variables));
        for name in SHARED {
            let wanted = context.deployment.variable(name);
            if wanted.as_deref() != set(&variables, name) {
                problems.push(format!("{name} differs from the other functions'"));
            }
        }
    }
    if problems.is_empty() {
        Finding::ok(SETTINGS, format!("{} variables", variables.len()))
    } else {
        Finding::wrong(
            SETTINGS,
            problems.join("; "),
            "correct the settings file of the stack and deploy it again",
        )
    }
}

fn github_problems(variables: &BTreeMap<String, String>) -> Vec<String> {
    let mut problems = Vec::new();
    for name in ["GITHUB_INSTALLATION_ID", "RUNNER_GROUP_ID"] {
        if let Some(value) = set(variables, name)
            && value.trim().parse::<u64>().is_err()
        {
            problems.push(format!("{name} is {value:?} but must be a number"));
        }
    }
    if let Some(url) = set(variables, "GITHUB_API_URL")
        && let Err(sentence) = Server::new(url)
    {
        problems.push(format!("GITHUB_API_URL: {sentence}"));
    }
    if let Some(scope) = set(variables, "RUNNER_SCOPE")
        && !["organization", "repository"].contains(&scope.trim())
    {
        problems.push(format!(
            "RUNNER_SCOPE is {scope:?} but must be organization or repository"
        ));
    }
    if set(variables, "GITHUB_APP_KEY_SECRET").is_none()
        && set(variables, "GITHUB_APP_KEY_KMS").is_none()
    {
        problems.push("neither GITHUB_APP_KEY_SECRET nor GITHUB_APP_KEY_KMS is set".to_owned());
    }
    problems
}

fn set<'a>(variables: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    variables
        .get(name)
        .map(String::as_str)
        .filter(|value| !value.trim().is_empty())
}

fn policy(context: &Context) -> Finding {
    let Some(variables) = context.deployment.variables(handler::SIZE) else {
        return match &context.deployment.functions[handler::SIZE] {
            Ok(_) => Finding::ok(POLICY, "none is set: every default"),
            Err(_) => Finding::needs(POLICY, "the function", DEPLOYED),
        };
    };
    if let Some(path) = set(&variables, "POLICY_FILE")
        && set(&variables, "POLICY").is_none()
    {
        return Finding::unknown(
            POLICY,
            format!("it is the file {path} in the function's package"),
            "check the file before it is packaged",
        );
    }
    match Policy::parse(set(&variables, "POLICY").unwrap_or_default()) {
        Ok(policy) => {
            let spot = if policy.spot_allowed { "" } else { "no " };
            Finding::ok(
                POLICY,
                format!(
                    "largest runner {} CPU units and {} MiB, {spot}Spot",
                    policy.maximum.cpu, policy.maximum.memory_mib
                ),
            )
        }
        Err(invalid) => Finding::wrong(
            POLICY,
            invalid.to_string(),
            "correct the policy file and deploy the stack again",
        ),
    }
}

/// Whether every function has the alias `live`, and where it leads.
async fn alias(context: &Context) -> Finding {
    let deployment = &context.deployment;
    let reads = join_all(handler::ALL.iter().map(|handler| {
        let name = deployment.names.function(handler);
        let path = format!("/2015-03-31/functions/{name}/aliases/live");
        async move { (name, context.aws.get(LAMBDA, "GetAlias", path).await) }
    }));
    let (mut versions, mut missing, mut latest) = (Vec::new(), Vec::new(), Vec::new());
    for (name, read) in reads.await {
        match read {
            Ok(alias) => match alias["FunctionVersion"].as_str() {
                Some(version) if version != "$LATEST" => versions.push(version.to_owned()),
                _ => latest.push(name),
            },
            Err(fault) if fault.is_missing() => missing.push(name),
            Err(fault) => return Finding::fault(ALIAS, &fault),
        }
    }
    if !missing.is_empty() {
        let observed = format!("{} without the alias live", missing.join(", "));
        return Finding::wrong(ALIAS, observed, DEPLOY);
    }
    if !latest.is_empty() {
        let observed = format!("live is $LATEST for {}", latest.join(", "));
        let fix = "point the alias to a published version, so that running executions keep theirs";
        return Finding::warning(ALIAS, observed, fix);
    }
    Finding::ok(ALIAS, format!("live is version {}", versions.join(", ")))
}

/// The webhook's own address.
async fn url(context: &Context) -> Finding {
    match &context.webhook_url {
        Ok(url) if url.authorization == "NONE" => Finding::ok(URL, &url.address),
        Ok(url) => Finding::wrong(
            URL,
            format!(
                "{} demands {} authorization",
                url.address, url.authorization
            ),
            "set its authorization type to NONE: GitHub signs its deliveries instead",
        ),
        Err(fault) if fault.is_missing() => Finding::warning(
            URL,
            "it has no function URL",
            "unless GitHub reaches it through an address of your own, deploy the stack with one",
        ),
        Err(fault) => Finding::fault(URL, fault),
    }
}
