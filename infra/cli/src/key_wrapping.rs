//! The App's PEM, wrapped so that KMS can import it: an AES-256 key under
//! RSA-OAEP with SHA-256, then the PKCS#8 DER under AES key wrap with padding
//! (`RSA_AES_KEY_WRAP_SHA_256`, the only way for RSA private keys).
//!
//! Source: KMS developer guide, "Importing key material step 3".

use anyhow::{Result, anyhow};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrapPadded};
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{
    KeyPair, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};

/// AES key wrap with padding adds a block and fills up to the next.
const WRAP_ROOM: usize = 16;

/// `EncryptedKeyMaterial` for ImportKeyMaterial. `public_key` is GetParametersForImport's.
///
/// # Errors
/// The PEM holds no RSA private key, or the public key is none.
pub fn wrap(pem: &SecretString, public_key: &[u8]) -> Result<Vec<u8>> {
    let key = parse(pem.expose_secret())?;
    let pkcs8: Pkcs8V1Der<'_> = key
        .as_der()
        .map_err(|_| anyhow!("the App's private key cannot be written as PKCS#8"))?;
    let public = PublicEncryptingKey::from_der(public_key)
        .ok()
        .and_then(|key| OaepPublicEncryptingKey::new(key).ok())
        .ok_or_else(|| anyhow!("KMS's wrapping key is not an RSA public key"))?;
    let mut aes = [0; 32];
    rand::fill(&mut aes).map_err(|_| anyhow!("the system gives no random numbers"))?;
    let unwrappable = |_| anyhow!("the App's private key cannot be wrapped");

    let mut wrapped = vec![0; public.ciphertext_size()];
    public
        .encrypt(&OAEP_SHA256_MGF1SHA256, &aes, &mut wrapped, None)
        .map_err(unwrappable)?;
    let mut material = vec![0; pkcs8.as_ref().len() + WRAP_ROOM];
    let material = AesKek::new(&AES_256, &aes)
        .and_then(|kek| kek.wrap_with_padding(pkcs8.as_ref(), &mut material))
        .map_err(unwrappable)?;
    wrapped.extend_from_slice(material);
    Ok(wrapped)
}

/// PKCS#1, as GitHub gives it out, or PKCS#8.
fn parse(pem: &str) -> Result<KeyPair> {
    let body: String = pem
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = STANDARD.decode(body).unwrap_or_default();
    KeyPair::from_pkcs8(&der)
        .or_else(|_| KeyPair::from_der(&der))
        .map_err(|_| {
            anyhow!(
                "The file is not the App's private key: give the PEM that GitHub gave out, from -----BEGIN on."
            )
        })
}
