//! The address of the function `webhook`: on its alias, else on the function.

use super::aws::service::LAMBDA;
use super::aws::{Aws, Fault};
use crate::names::Names;
use domain::names::handler;
use serde_json::Value;

/// A function URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FunctionUrl {
    pub(super) address: String,
    /// `NONE` or `AWS_IAM`.
    pub(super) authorization: String,
}

pub(super) async fn read(aws: &Aws, names: &Names) -> Result<FunctionUrl, Fault> {
    let path = format!(
        "/2021-10-31/functions/{}/url",
        names.function(handler::WEBHOOK)
    );
    let operation = "GetFunctionUrlConfig";
    let of_alias = aws
        .get(LAMBDA, operation, format!("{path}?Qualifier=live"))
        .await;
    let found = match of_alias {
        Err(fault) if fault.is_missing() => aws.get(LAMBDA, operation, path).await,
        other => other,
    }?;
    let text = |name: &str| {
        found
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    Ok(FunctionUrl {
        address: text("FunctionUrl"),
        authorization: text("AuthType"),
    })
}
