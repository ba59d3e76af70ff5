//! Which deployment a command talks to: a fleet's name, and AWS's own settings.
//!
//! Region, profile and endpoint are taken as the AWS CLI takes them: the flag,
//! else the environment, else the shared configuration files. With an endpoint
//! the same command talks to the local place.

use crate::clients::Clients;
use crate::names::{DEFAULT_FLEET, Names};
use anyhow::{Result, bail};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use clap::Args;

/// The deployment that a command is about.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// The fleet's name: its resources are named after it
    #[arg(long, env = "JIT_RUNNERS_FLEET", default_value = DEFAULT_FLEET, value_name = "NAME")]
    pub fleet: String,
    /// The AWS region, where the environment and the profile name none or another
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The profile of the AWS configuration files
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    /// Talk to this endpoint instead of AWS, for example the local place's
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
}

impl Target {
    /// The names of the fleet's resources.
    #[must_use]
    pub fn names(&self) -> Names {
        Names::new(&self.fleet)
    }

    /// The AWS SDK's configuration.
    ///
    /// # Errors
    /// No region is set anywhere.
    pub async fn config(&self) -> Result<SdkConfig> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(endpoint) = &self.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        let config = loader.load().await;
        if config.region().is_none() {
            bail!(
                "no AWS region is set, so there is no telling where the fleet {} is: give --region, set AWS_REGION, or name a region in the profile",
                self.fleet
            );
        }
        Ok(config)
    }

    /// Clients of the services that most commands read.
    ///
    /// # Errors
    /// As [`Target::config`].
    pub async fn clients(&self) -> Result<Clients> {
        Ok(Clients::new(&self.config().await?))
    }
}
