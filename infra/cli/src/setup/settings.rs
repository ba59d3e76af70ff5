//! The CDK app's settings file: ours are `name`, `github` and `scope`; whatever
//! else is in it stays.

use super::server::GitHub;
use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// Where the CDK app looks for it.
#[must_use]
pub fn default_settings() -> PathBuf {
    let folder = Path::new("infra/cdk");
    if folder.is_dir() {
        folder.join("jit-runners.json")
    } else {
        PathBuf::from("jit-runners.json")
    }
}

/// The file, and what is in it.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    keys: Map<String, Value>,
}

impl File {
    /// Reads it; one that is not there is empty.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let keys = match std::fs::read_to_string(path) {
            Ok(text) => match serde_json::from_str(&text) {
                Ok(Value::Object(keys)) => keys,
                Ok(_) => bail!(
                    "the settings file {} holds no JSON object: mend it, or name another with --settings",
                    path.display()
                ),
                Err(error) => bail!(
                    "the settings file {} is not JSON ({error}): mend it, or name another with --settings",
                    path.display()
                ),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Map::new(),
            Err(error) => bail!(
                "the settings file {} cannot be read ({error}): name another with --settings",
                path.display()
            ),
        };
        let file = Self {
            path: path.to_owned(),
            keys,
        };
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            bail!(
                "there is no folder {} for the settings file: create it, or name another with --settings",
                folder.display()
            );
        }
        Ok(file)
    }

    /// The App's id, its API and the fleet, as written by an earlier setup.
    pub(super) fn app(&self) -> Option<(u64, String)> {
        let github = self.keys.get("github")?;
        let api_url = github.get("apiUrl").and_then(Value::as_str);
        Some((
            github.get("appId")?.as_u64()?,
            api_url.unwrap_or("https://api.github.com").to_owned(),
        ))
    }

    /// The KMS key that signs for the App, where one does.
    pub(super) fn kms_arn(&self) -> Option<&str> {
        self.keys.get("github")?.get("appKeyKmsArn")?.as_str()
    }

    /// The fleet that it is about, where it says so.
    pub(super) fn fleet(&self) -> Option<&str> {
        self.keys.get("name")?.as_str()
    }

    /// Writes the App into it, whole or not at all.
    pub(super) fn write(
        mut self,
        fleet: &str,
        scope: &str,
        github: &GitHub,
        app_id: u64,
        installation_id: u64,
        kms_arn: Option<&str>,
    ) -> Result<()> {
        self.keys.insert("name".to_owned(), fleet.into());
        self.keys.insert("scope".to_owned(), scope.into());
        let kept = self.keys.entry("github").or_insert_with(|| json!({}));
        if !kept.is_object() {
            *kept = json!({});
        }
        kept["appId"] = app_id.into();
        kept["installationId"] = installation_id.into();
        kept["apiUrl"] = github.api_url.clone().into();
        // The stack reads the key from where it is now.
        match (kms_arn, kept.as_object_mut()) {
            (Some(arn), _) => kept["appKeyKmsArn"] = arn.into(),
            (None, Some(keys)) => drop(keys.remove("appKeyKmsArn")),
            (None, None) => {}
        }
        let text = format!("{:#}\n", Value::Object(self.keys));
        let beside = self.path.with_extension("json.new");
        std::fs::write(&beside, text)
            .and_then(|()| std::fs::rename(&beside, &self.path))
            .with_context(|| {
                format!(
                    "the settings file {} cannot be written: it needs \"github\": {{\"appId\": {app_id}, \"installationId\": {installation_id}, \"apiUrl\": \"{}\"}}",
                    self.path.display(),
                    github.api_url
                )
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jit-runners.json");
        let before = r#"{"runnerGroupId": 7, "github": {"appId": 1, "appKeySecretArn": "arn"}}"#;
        std::fs::write(&path, before).unwrap();
        let github = GitHub::new("https://github.com").unwrap();
        let file = File::read(&path).unwrap();
        file.write("f", "organization", &github, 5, 6, None)
            .unwrap();
        let after: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let wanted = json!({
            "runnerGroupId": 7, "name": "f", "scope": "organization",
            "github": {"appId": 5, "installationId": 6, "apiUrl": "https://api.github.com", "appKeySecretArn": "arn"},
        });
        assert_eq!(after, wanted);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_none_is_said_before_anything_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        for (text, wanted) in [("{", "is not JSON"), ("[]", "no JSON object")] {
            std::fs::write(&path, text).unwrap();
            let error = File::read(&path).unwrap_err().to_string();
            assert!(error.contains(wanted) && error.contains("--settings"));
        }
        let error = File::read(&folder.path().join("none/x.json")).unwrap_err();
        assert!(error.to_string().contains("there is no folder"));
    }
}
