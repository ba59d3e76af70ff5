//! The App's private key, or whatever signs in its place: a PEM that is read
//! when it is needed (and again when GitHub no longer takes it), or a remote
//! signer such as a key management service.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

/// Reads the PEM of the App's RSA key (PKCS#1 or PKCS#8), at most so old.
pub type KeySource =
    Arc<dyn Fn(Duration) -> BoxFuture<'static, Result<SecretString, KeyError>> + Send + Sync>;

/// Signs a message with RS256 (RSASSA-PKCS1-v1_5, SHA-256): the raw signature.
pub type RemoteSigner =
    Arc<dyn Fn(Vec<u8>) -> BoxFuture<'static, Result<Vec<u8>, KeyError>> + Send + Sync>;

/// Why there is no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The key's place could not be asked; a later call may help.
    #[error("the GitHub App's key could not be read: {0}")]
    Unavailable(String),
    /// It is missing, or not a key.
    #[error("the GitHub App's key is not usable: {0}")]
    Unusable(String),
}

/// How old a PEM may be that is read for the first time.
const FIRST_READ: Duration = Duration::from_secs(300);
/// How old a PEM may be that is read because GitHub refused the last one.
const AFTER_REFUSAL: Duration = Duration::from_secs(60);

/// What signs the App's JWTs. Cheap to clone.
#[derive(Clone)]
pub enum Signer {
    /// A PEM, parsed once and kept.
    Pem {
        /// Where it comes from.
        source: KeySource,
        /// The key, once it was needed.
        parsed: Arc<Mutex<Option<EncodingKey>>>,
    },
    /// Something that never shows its key.
    Remote(RemoteSigner),
}

impl Signer {
    /// A PEM that is read from `source` when it is needed.
    pub fn pem_from(source: KeySource) -> Self {
        Self::Pem {
            source,
            parsed: Arc::default(),
        }
    }

    /// A PEM at hand.
    pub fn pem(pem: SecretString) -> Self {
        Self::pem_from(Arc::new(move |_| {
            let pem = pem.clone();
            Box::pin(async move { Ok(pem) })
        }))
    }

    /// Whether there is something to sign with: reads and parses the PEM, asks
    /// no remote signer.
    ///
    /// # Errors
    /// The PEM cannot be read, or is none.
    pub async fn check(&self) -> Result<(), KeyError> {
        match self {
            Self::Remote(_) => Ok(()),
            Self::Pem { source, .. } => parse(&source(FIRST_READ).await?).map(drop),
        }
    }

    /// The signature over `message`, as a JWT has it (base64url, no padding).
    pub(crate) async fn sign(&self, message: &str) -> Result<String, KeyError> {
        match self {
            Self::Remote(sign) => {
                let signature = sign(message.as_bytes().to_vec()).await?;
                Ok(URL_SAFE_NO_PAD.encode(signature))
            }
            Self::Pem { source, parsed } => {
                let mut parsed = parsed.lock().await;
                let key = match parsed.take() {
                    Some(key) => key,
                    None => parse(&source(FIRST_READ).await?)?,
                };
                let signature = crypto::sign(message.as_bytes(), &key, Algorithm::RS256)
                    .map_err(|error| KeyError::Unusable(error.to_string()));
                *parsed = Some(key);
                signature
            }
        }
    }

    /// Reads the PEM again, since GitHub refused its signature; false where
    /// that cannot help.
    pub(crate) async fn refresh(&self) -> Result<bool, KeyError> {
        match self {
            Self::Remote(_) => Ok(false),
            Self::Pem { source, parsed } => {
                let fresh = parse(&source(AFTER_REFUSAL).await?)?;
                *parsed.lock().await = Some(fresh);
                Ok(true)
            }
        }
    }
}

/// A PEM, also one whose line breaks were pasted as `\n`.
fn parse(pem: &SecretString) -> Result<EncodingKey, KeyError> {
    let text = pem.expose_secret();
    let unescaped;
    let text = if text.contains("\\n") {
        unescaped = text.replace("\\n", "\n");
        &unescaped
    } else {
        text
    };
    EncodingKey::from_rsa_pem(text.trim().as_bytes()).map_err(|error| {
        KeyError::Unusable(format!(
            "{error}; the secret must hold the PEM file that GitHub gave out, from -----BEGIN on"
        ))
    })
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem { .. } => "Signer::Pem",
            Self::Remote(_) => "Signer::Remote",
        })
    }
}
