//! Decodes a JIT configuration: three files, each base64 within base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretSlice;
use serde_json::Value;

/// What the listener needs of its configuration.
pub(super) struct Config {
    pub(super) name: String,
    pub(super) server: String,
    pub(super) work_folder: String,
    pub(super) client_id: String,
    pub(super) key: SecretSlice<u8>,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("The JIT configuration cannot be read: {0}")]
pub(super) struct ConfigError(&'static str);

pub(super) fn decode(text: &str) -> Result<Config, ConfigError> {
    let outer = STANDARD
        .decode(text.trim())
        .map_err(|_| ConfigError("it is not base64"))?;
    let files: Value =
        serde_json::from_slice(&outer).map_err(|_| ConfigError("it does not hold JSON"))?;
    let file = |name: &str| -> Result<Value, ConfigError> {
        let encoded = files[name]
            .as_str()
            .ok_or(ConfigError("a file is missing in it"))?;
        let content = STANDARD
            .decode(encoded)
            .map_err(|_| ConfigError("a file is not base64"))?;
        serde_json::from_slice(&content).map_err(|_| ConfigError("a file is not JSON"))
    };
    let (runner, credentials) = (file(".runner")?, file(".credentials")?);
    let parameters = file(".credentials_rsaparams")?;
    let text = |value: &Value| -> Result<String, ConfigError> {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or(ConfigError("a field is missing in it"))
    };
    let key = STANDARD
        .decode(text(&parameters["d"])?)
        .map_err(|_| ConfigError("its key is not base64"))?;
    Ok(Config {
        name: text(&runner["agentName"])?,
        server: text(&runner["serverUrlV2"])?
            .trim_end_matches('/')
            .to_owned(),
        work_folder: text(&runner["workFolder"])?,
        client_id: text(&credentials["data"]["clientId"])?,
        key: key.into(),
    })
}
