//! The signature of a webhook delivery: `X-Hub-Signature-256`, an HMAC-SHA256
//! over the raw body, compared in constant time.
//!
//! Source: docs.github.com, "Validating webhook deliveries".

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The header's name, lower-case.
pub const HEADER: &str = "x-hub-signature-256";

/// Why a delivery is not believed. Says nothing about the expected value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no such header.
    #[error("the header X-Hub-Signature-256 is missing: set a secret in the webhook's settings")]
    Missing,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("the header X-Hub-Signature-256 is not sha256=<64 hexadecimal digits>")]
    Malformed,
    /// It was signed with another secret, or another body was.
    #[error("the signature is wrong: the webhook's secret and the stack's must be the same")]
    Wrong,
}

/// Checks `header` (the value of [`HEADER`]) over `body`, the bytes as they came.
pub fn verify(
    secret: &SecretString,
    header: Option<&str>,
    body: &[u8],
) -> Result<(), SignatureError> {
    let header = header.ok_or(SignatureError::Missing)?;
    let digits = header
        .strip_prefix("sha256=")
        .ok_or(SignatureError::Malformed)?;
    let mut given = [0u8; 32];
    hex::decode_to_slice(digits, &mut given).map_err(|_| SignatureError::Malformed)?;
    mac(secret, body)
        .verify_slice(&given)
        .map_err(|_| SignatureError::Wrong)
}

/// The header's value for `body`: for tests and for what sends deliveries.
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    let digest = mac(secret, body).finalize().into_bytes();
    format!("sha256={}", hex::encode(digest))
}

fn mac(secret: &SecretString, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_malformed_header_is_told_apart_from_a_wrong_one() {
        let secret = SecretString::from("s");
        let other = sign(&SecretString::from("t"), b"body");
        let short = &other[..other.len() - 2];
        for (header, expected) in [
            (None, SignatureError::Missing),
            (Some(""), SignatureError::Malformed),
            (Some("sha1=00"), SignatureError::Malformed),
            (Some("sha256=zz"), SignatureError::Malformed),
            (Some(short), SignatureError::Malformed),
            (Some(other.as_str()), SignatureError::Wrong),
        ] {
            assert_eq!(
                verify(&secret, header, b"body"),
                Err(expected),
                "{header:?}"
            );
        }
    }

    #[test]
    fn another_body_is_wrong() {
        let secret = SecretString::from("s");
        let header = sign(&secret, b"body");
        assert_eq!(
            verify(&secret, Some(&header), b"body "),
            Err(SignatureError::Wrong)
        );
    }

    #[test]
    fn github_s_own_example_is_right() {
        let secret = SecretString::from("It's a Secret to Everybody");
        let header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(verify(&secret, Some(header), b"Hello, World!"), Ok(()));
    }
}
