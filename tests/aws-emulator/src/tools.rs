//! What the deployment needs beside Cargo. Where a part is absent the test
//! skips with a word, unless `JIT_RUNNERS_TEST_ALL` is set.

use std::path::{Path, PathBuf};

/// The version that the list of changes was written for.
pub const MINISTACK: &str = "1.5.33";

/// Programs and packages by path.
#[derive(Debug, Clone)]
pub struct Tools {
    /// The AWS emulator.
    pub ministack: PathBuf,
    /// The folder `infra/cdk`, its modules installed.
    pub cdk: PathBuf,
    /// The AWS CLI.
    pub aws: PathBuf,
    /// The folder of `cargo xtask package`.
    pub package: PathBuf,
}

impl Tools {
    /// Finds them.
    ///
    /// # Errors
    /// A sentence that says what is missing and how to get it.
    pub fn find() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root = root.canonicalize().map_err(|error| error.to_string())?;
        let ministack = std::env::var_os("JIT_RUNNERS_MINISTACK")
            .map(PathBuf::from)
            .or_else(|| on_path("ministack"))
            .filter(|path| path.is_file())
            .ok_or_else(|| {
                format!("the AWS emulator is missing: `pip install ministack=={MINISTACK}`, and put it on PATH or name it in JIT_RUNNERS_MINISTACK")
            })?;
        let aws = on_path("aws")
            .ok_or("the AWS CLI is missing: `pip install awscli`, and put it on PATH")?;
        let cdk = root.join("infra/cdk");
        if !cdk.join("node_modules/.bin/cdk").is_file() {
            return Err("the AWS CDK is missing: run `npm ci` in infra/cdk".to_owned());
        }
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), Into::into);
        let package = target.join("package");
        for file in ["bootstrap-x86_64.zip", "entrypoint-x86_64", "image-x86_64"] {
            if !package.join(file).exists() {
                return Err(format!(
                    "{file} is missing: run `cargo xtask package --arch x86_64`"
                ));
            }
        }
        Ok(Self {
            ministack,
            cdk,
            aws,
            package,
        })
    }

    /// Finds them; `None`, with a word on standard error, where one is missing
    /// and may be.
    ///
    /// # Panics
    /// One is missing and `JIT_RUNNERS_TEST_ALL` is set.
    #[must_use]
    pub fn or_skip() -> Option<Self> {
        match Self::find() {
            Ok(tools) => Some(tools),
            Err(missing) => {
                assert!(
                    std::env::var_os("JIT_RUNNERS_TEST_ALL").is_none(),
                    "{missing}"
                );
                eprintln!("skipped: {missing}");
                None
            }
        }
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}
