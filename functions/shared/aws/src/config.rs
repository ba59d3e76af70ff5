//! How to reach AWS: the environment's region, credentials and endpoint, short
//! timeouts, few retries. A caller may inject the HTTP client, the clock and
//! the sleep, so that everything can run in one process in virtual time.
//!
//! Retries here bridge a lost packet; patience is the state machine's part.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// One request, from connecting to the last byte.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(4);
/// Connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// One call with its retries.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The first try included.
const ATTEMPTS: u32 = 3;

/// What all clients share. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Config {
    sdk: SdkConfig,
}

/// What a caller may say instead of the environment.
#[derive(Debug, Default)]
pub struct Overrides {
    /// Where requests go; the environment's `AWS_ENDPOINT_URL`, else AWS.
    pub endpoint: Option<String>,
    /// The region; the environment's, else the profile's.
    pub region: Option<String>,
    /// Access key id and secret access key; the environment's chain else.
    pub credentials: Option<(String, String)>,
    /// Sends the requests; a connection pool over TCP and TLS else.
    pub http_client: Option<SharedHttpClient>,
    /// Signs the requests' time; the system's clock else.
    pub time_source: Option<SharedTimeSource>,
    /// Waits between retries and for timeouts; tokio's else.
    pub sleep: Option<SharedAsyncSleep>,
    /// How often a call is tried, the first time included; 3 else. The pauses between
    /// are random: virtual time takes 1.
    pub attempts: Option<u32>,
}

impl Config {
    /// All from the environment, as on Lambda and in the task's container.
    pub async fn from_env() -> Self {
        Self::load(Overrides::default()).await
    }

    /// The environment, except for what `overrides` says.
    pub async fn load(overrides: Overrides) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .retry_config(
                RetryConfig::standard()
                    .with_max_attempts(overrides.attempts.unwrap_or(ATTEMPTS))
                    .with_initial_backoff(Duration::from_millis(100)),
            )
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                    .operation_timeout(CALL_TIMEOUT)
                    .build(),
            )
            // Answers are small and the timeouts cover them to the last byte:
            // a second watch over each body costs a timer a call and saves nothing.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = overrides.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        if let Some(region) = overrides.region {
            loader = loader.region(Region::new(region));
        }
        if let Some((id, secret)) = overrides.credentials {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "given"));
        }
        if let Some(client) = overrides.http_client {
            loader = loader.http_client(client);
        }
        if let Some(time) = overrides.time_source {
            loader = loader.time_source(time);
        }
        if let Some(sleep) = overrides.sleep {
            loader = loader.sleep_impl(sleep);
        }
        Self {
            sdk: loader.load().await,
        }
    }

    /// For another client than those of this crate.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }
}

impl From<SdkConfig> for Config {
    fn from(sdk: SdkConfig) -> Self {
        Self { sdk }
    }
}
