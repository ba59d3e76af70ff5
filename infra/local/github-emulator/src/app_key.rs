//! The App's RSA key. That of the App that is there from the start is made once
//! per process, since that is slow.
//!
//! Exported as GitHub hands keys out: PKCS#1 in PEM
//! (`BEGIN RSA PRIVATE KEY`). The public half checks the App's JWTs.

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A private key as text, and its public half.
#[derive(Clone)]
pub(crate) struct AppKey {
    pem: String,
    public: Vec<u8>,
}

static KEY: OnceLock<AppKey> = OnceLock::new();

fn key() -> &'static AppKey {
    KEY.get_or_init(AppKey::generate)
}

impl AppKey {
    /// A new one of 2048 bits.
    pub(crate) fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048)
            .expect("a 2048-bit RSA key can be generated wherever the crypto library runs");
        let pkcs8 = AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'static>>::as_der(&pair)
            .expect("a key that was just generated can be encoded");
        Self {
            pem: pem(inner_pkcs1(pkcs8.as_ref())),
            public: pair.public_key().as_ref().to_vec(),
        }
    }

    /// The one of [`app_private_key_pem`].
    pub(crate) fn of_the_process() -> Self {
        key().clone()
    }

    /// The private key, PKCS#1 in PEM.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// Whether `signature` is the key's RS256 signature over `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public)
            .verify(message, signature)
            .is_ok()
    }
}

/// The private key of the App that is there from the start, as PEM (PKCS#1,
/// 2048 bits). The same one for every emulator of this process.
pub fn app_private_key_pem() -> &'static str {
    &key().pem
}

/// PKCS#8 is `SEQUENCE { version, algorithm, OCTET STRING { PKCS#1 key } }`.
fn inner_pkcs1(pkcs8: &[u8]) -> &[u8] {
    let body = contents(pkcs8).0;
    let (_, after_version) = contents(body);
    let (_, after_algorithm) = contents(after_version);
    contents(after_algorithm).0
}

/// The contents of the DER value at the start of `der`, and what follows it.
fn contents(der: &[u8]) -> (&[u8], &[u8]) {
    let first = usize::from(der[1]);
    let (header, length) = if first < 0x80 {
        (2, first)
    } else {
        let bytes = first - 0x80;
        let length = der[2..2 + bytes]
            .iter()
            .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        (2 + bytes, length)
    };
    (&der[header..header + length], &der[header + length..])
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN RSA PRIVATE KEY-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = tail;
    }
    pem.push_str("-----END RSA PRIVATE KEY-----\n");
    pem
}
