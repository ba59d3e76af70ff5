//! The just-in-time configuration in the real format: base64 of a JSON object
//! from file name to base64 of the file, for the three files that a configured
//! runner keeps. The RSA parameters are random bytes of the right lengths;
//! possession of `d` is what the emulator checks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{RunnerRecord, Scope, SecretKind, World};

impl World {
    /// Encodes the configuration of a runner; about 4–5 kB, as GitHub's.
    pub(super) fn encode_jit_config(&mut self, runner: &RunnerRecord, work_folder: &str) -> String {
        let owner = &self.settings.organization;
        let scope = match &runner.scope {
            Scope::Organization => owner.clone(),
            Scope::Repository(name) => format!("{owner}/{name}"),
        };
        let github = format!("{}/{scope}", self.base_url);
        let group = self
            .groups
            .get(&runner.group_id)
            .map(|group| group.name.clone())
            .unwrap_or_default();
        let server = format!("{}/_runner/", self.base_url);
        let settings = json!({
            "agentId": runner.id.0.to_string(),
            "agentName": runner.name,
            "poolId": runner.group_id.to_string(),
            "poolName": group,
            "disableUpdate": "true",
            "ephemeral": "true",
            "serverUrl": server,
            "gitHubUrl": github,
            "workFolder": work_folder,
            "useV2Flow": "true",
            "serverUrlV2": server,
        });
        let credentials = json!({
            "scheme": "OAuth",
            "data": {
                "clientId": runner.client_id,
                "authorizationUrl": format!("{server}_apis/oauth2/token"),
                "requireFipsCryptography": "True",
            },
        });
        let secret = STANDARD.encode(&runner.secret);
        let mut part = |count| STANDARD.encode(self.random_bytes(count));
        let parameters = json!({
            "d": secret,
            "dp": part(128),
            "dq": part(128),
            "exponent": "AQAB",
            "inverseQ": part(128),
            "modulus": part(256),
            "p": part(128),
            "q": part(128),
        });
        let file = |value: &Value| STANDARD.encode(value.to_string());
        let all = json!({
            ".runner": file(&settings),
            ".credentials": file(&credentials),
            ".credentials_rsaparams": file(&parameters),
        });
        let encoded = STANDARD.encode(all.to_string());
        self.issue(SecretKind::RunnerKey, &secret);
        self.issue(SecretKind::JitConfig, &encoded);
        encoded
    }
}
