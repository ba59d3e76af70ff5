//! Payloads in: JSON to a typed input, or `InputInvalid`.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::InputInvalid;

/// Reads a payload. The message names the field at fault, never its value's
/// surroundings.
pub fn decode<I: DeserializeOwned>(payload: Value) -> Result<I, InputInvalid> {
    serde_json::from_value(payload).map_err(|error| InputInvalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Named;
    use domain::steps::MintInput;
    use serde_json::json;

    #[test]
    fn an_unknown_version_is_refused() {
        let error = decode::<MintInput>(json!({"version": 2})).unwrap_err();
        assert_eq!(error.name(), "InputInvalid");
        assert!(
            error.to_string().contains("version 2 is not known"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = decode::<MintInput>(json!({"version": 1})).unwrap_err();
        assert!(error.to_string().contains("`job`"), "{error}");
    }

    #[test]
    fn anything_but_an_object_is_refused() {
        for payload in [json!(null), json!([]), json!("text"), json!(1.5)] {
            assert!(decode::<MintInput>(payload).is_err());
        }
    }

    #[test]
    fn unknown_fields_are_accepted() {
        let input = decode::<MintInput>(json!({
            "version": 1, "later": true,
            "job": {"id": 1, "run_id": 2, "run_attempt": 1, "repository": "o/r", "owner": "o", "later": 1},
            "claim": {"pk": "job#1#1", "owner": "arn"},
            "limits": {"start_seconds": 1, "idle_seconds": 2, "total_seconds": 3},
        }));
        assert!(input.is_ok(), "{input:?}");
    }
}
