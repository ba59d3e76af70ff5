//! The loop: one payload in, one answer or one named error out.

use domain::settings::{Settings, SettingsInvalid};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Failed, Named};
use crate::input::decode;

/// The process's environment. Values that are not Unicode count as unset.
pub fn environment() -> Settings {
    Settings::new(
        std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?))),
    )
}

/// Serves Lambda's runtime API until the process ends. `state` is built once
/// by the caller and kept; where it could not be built, every call fails as
/// `SettingsInvalid`.
pub async fn serve<S, I, O, E>(
    state: Result<S, SettingsInvalid>,
    handle: impl AsyncFn(I, &S) -> Result<O, E>,
) -> Result<(), lambda_runtime::Error>
where
    I: DeserializeOwned,
    O: Serialize,
    E: Named,
{
    if let Err(error) = &state {
        tracing::error!(error = %error, "settings invalid");
    }
    let (state, handle) = (&state, &handle);
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        answer(event.payload, state, handle).await
    }))
    .await
}

/// One call, as [`serve`] makes it: for tests and for places that run the
/// function in their own process.
pub async fn answer<S, I, O, E>(
    payload: Value,
    state: &Result<S, SettingsInvalid>,
    handle: &impl AsyncFn(I, &S) -> Result<O, E>,
) -> Result<O, Failed>
where
    I: DeserializeOwned,
    E: Named,
{
    let state = state.as_ref().map_err(Failed::from)?;
    let input = decode(payload).map_err(|error| Failed::from(&error))?;
    let answer = handle(input, state).await;
    answer.map_err(|error| {
        let failed = Failed::from(&error);
        tracing::warn!(error_name = failed.name, "call failed");
        failed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_runtime::Diagnostic;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Deserialize)]
    struct Input {
        number: u64,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("GitHub answered 503")]
    struct Unavailable;

    impl Named for Unavailable {
        fn name(&self) -> &'static str {
            "GitHubUnavailable"
        }
    }

    async fn add(input: Input, state: &u64) -> Result<u64, Unavailable> {
        if input.number == 0 {
            return Err(Unavailable);
        }
        Ok(input.number + state)
    }

    #[tokio::test]
    async fn a_state_that_could_not_be_built_answers_every_call() {
        let state: Result<u64, _> = Err(SettingsInvalid::new("CLAIMS_TABLE is not set"));
        for payload in [json!({"number": 1}), json!(null)] {
            let failed = answer(payload, &state, &add).await.unwrap_err();
            assert_eq!(failed.name, "SettingsInvalid");
            assert_eq!(failed.message, "CLAIMS_TABLE is not set");
        }
    }

    #[tokio::test]
    async fn an_unreadable_payload_is_input_invalid() {
        let failed = answer(json!({"number": "x"}), &Ok(1), &add)
            .await
            .unwrap_err();
        assert_eq!(failed.name, "InputInvalid");
    }

    #[tokio::test]
    async fn an_error_keeps_its_name_and_message() {
        let failed = answer(json!({"number": 0}), &Ok(1), &add)
            .await
            .unwrap_err();
        let document = serde_json::to_value(Diagnostic::from(failed)).unwrap();
        assert_eq!(
            document,
            json!({"errorType": "GitHubUnavailable", "errorMessage": "GitHub answered 503"})
        );
    }

    #[tokio::test]
    async fn a_good_call_is_answered() {
        assert_eq!(answer(json!({"number": 2}), &Ok(40), &add).await, Ok(42));
    }
}
