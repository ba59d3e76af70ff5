//! The tasks' role, put to the test by an IAM that we did not write.
//!
//! Only ECS may assume the role, and only from the VPC may it act; the emulator
//! is no VPC and hands no credentials to tasks without a container engine. So
//! the deployed policy is read back and given to roles that the test may assume:
//! once as it stands, once without the condition on the VPC, nothing else changed.

use crate::account::Account;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

/// Roles with the tasks' policy.
#[derive(Debug)]
pub struct TaskRole {
    root: Account,
    arn: String,
    /// The policy as deployed, used from outside the VPC.
    pub outside: Account,
    /// The policy without its condition: what it is inside.
    pub inside: Account,
}

impl TaskRole {
    pub(crate) async fn new(root: &Account, role: &str) -> Result<Self> {
        let described = root.aws(&["iam", "get-role", "--role-name", role]).await?;
        let arn = described["Role"]["Arn"]
            .as_str()
            .context("a role has an ARN")?;
        let policy = policy(root, role).await?;
        let mut unconditional = policy.clone();
        let statements = unconditional["Statement"]
            .as_array_mut()
            .context("a policy has statements")?;
        let conditions: Vec<Value> = statements
            .iter_mut()
            .filter_map(|statement| statement.as_object_mut()?.remove("Condition"))
            .collect();
        ensure!(
            conditions.len() == 1 && conditions[0]["StringEquals"]["aws:SourceVpc"].is_string(),
            "the tasks' role is bound to the VPC and to nothing else: {conditions:?}"
        );
        Ok(Self {
            outside: copy(root, "tasks-outside", &policy).await?,
            inside: copy(root, "tasks-inside", &unconditional).await?,
            root: root.clone(),
            arn: arn.to_owned(),
        })
    }

    /// What STS says to the account's own root user who wants the role itself.
    pub async fn assumed_by_root(&self) -> Result<Value> {
        assume(&self.root, &self.arn).await
    }

    /// Removes the copies.
    ///
    /// # Errors
    /// IAM does not answer.
    pub async fn remove(self) -> Result<()> {
        for role in ["tasks-outside", "tasks-inside"] {
            let policy = ["--policy-name", "whole"];
            let mut call = vec!["iam", "delete-role-policy", "--role-name", role];
            call.extend(policy);
            self.root.aws(&call).await?;
            self.root
                .aws(&["iam", "delete-role", "--role-name", role])
                .await?;
        }
        Ok(())
    }
}

/// The one inline policy that a role has; managed ones it has none.
async fn policy(root: &Account, role: &str) -> Result<Value> {
    let listed = root
        .aws(&["iam", "list-role-policies", "--role-name", role])
        .await?;
    let attached = root
        .aws(&["iam", "list-attached-role-policies", "--role-name", role])
        .await?;
    ensure!(
        attached["AttachedPolicies"] == json!([]),
        "the tasks' role has managed policies: {attached}"
    );
    let names = listed["PolicyNames"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let [Value::String(name)] = names else {
        anyhow::bail!("the tasks' role has one policy of its own: {listed}");
    };
    let mut call = vec!["iam", "get-role-policy", "--role-name", role];
    call.extend(["--policy-name", name]);
    Ok(root.aws(&call).await?["PolicyDocument"].take())
}

/// A role `name` with `policy`, signed in to.
async fn copy(root: &Account, name: &str, policy: &Value) -> Result<Account> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": format!("arn:aws:iam::{}:root", root.id)},
    }]})
    .to_string();
    let mut call = vec!["iam", "create-role", "--role-name", name];
    call.extend(["--assume-role-policy-document", &trust]);
    let created = root.aws(&call).await?;
    let document = policy.to_string();
    let mut call = vec!["iam", "put-role-policy", "--role-name", name];
    call.extend(["--policy-name", "whole", "--policy-document", &document]);
    root.aws(&call).await?;
    let arn = created["Role"]["Arn"].as_str().unwrap_or_default();
    let assumed = assume(root, arn).await?;
    Ok(root.with_session(&assumed["Credentials"]))
}

async fn assume(root: &Account, arn: &str) -> Result<Value> {
    let mut call = vec!["sts", "assume-role", "--role-session-name", "test"];
    call.extend(["--role-arn", arn]);
    root.aws(&call).await
}
