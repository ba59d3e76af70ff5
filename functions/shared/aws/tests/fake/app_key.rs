//! An RSA key as GitHub gives it out, made once a test process.

#![allow(dead_code, missing_docs, unreachable_pub)]

use std::sync::OnceLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

static PEM: OnceLock<String> = OnceLock::new();

/// PKCS#8 in PEM, on one line.
pub fn pem() -> &'static str {
    PEM.get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der = pair.as_der().unwrap();
        let text = STANDARD.encode(der.as_ref());
        format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
    })
}
