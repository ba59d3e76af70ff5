//! The settings file that `cdk deploy` reads, as `jit-runners setup` writes it.

use crate::deployed::FLEET;
use crate::tools::Tools;
use anyhow::Result;
use github_emulator::App;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Writes it, and its policy beside it; answers its path.
pub(crate) fn write(tools: &Tools, folder: &Path, app: &App, api_url: &str) -> Result<PathBuf> {
    std::fs::write(folder.join("policy.toml"), jit_runners::stage::POLICY)?;
    let settings = json!({
        "name": FLEET,
        "github": {
            "appId": app.id,
            "installationId": app.installation_id,
            "apiUrl": api_url,
        },
        "scope": "organization",
        "runnerGroupId": 1,
        "policyFile": "policy.toml",
        // What is packed here; the functions run on this machine.
        "architectures": ["x86_64"],
        "functionArchitecture": "x86_64",
        "packageDirectory": tools.package,
        // Nothing may be left.
        "claimsRemovalPolicy": "destroy",
    });
    let path = folder.join("jit-runners.json");
    std::fs::write(&path, serde_json::to_vec_pretty(&settings)?)?;
    Ok(path)
}
