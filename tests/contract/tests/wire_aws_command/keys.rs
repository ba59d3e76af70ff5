//! `aws kms`: a key, its alias, a signature.

use crate::command::{Story, text};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[tokio::test]
async fn a_key_signs_what_its_public_half_verifies() {
    let Some(story) = Story::start().await else {
        return;
    };
    // From a file, since the command's versions differ in how they read bytes.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("message"), "header.claims").unwrap();
    let message = format!("fileb://{}", folder.path().join("message").display());
    let sign = [
        "kms",
        "sign",
        "--key-id",
        "alias/app",
        "--signing-algorithm",
        "RSASSA_PKCS1_V1_5_SHA_256",
        "--message",
        &message,
    ];
    let said = story.refused(&sign).await;
    assert!(said.contains("(NotFoundException)"), "{said}");
    let created = story
        .aws(&[
            "kms",
            "create-key",
            "--key-spec",
            "RSA_2048",
            "--key-usage",
            "SIGN_VERIFY",
        ])
        .await;
    let id = text(&created["KeyMetadata"]["KeyId"]);
    story
        .aws(&[
            "kms",
            "create-alias",
            "--alias-name",
            "alias/app",
            "--target-key-id",
            id,
        ])
        .await;
    let signed = story.aws(&sign).await;
    let public = story.aws(&["kms", "get-public-key", "--key-id", id]).await;
    let bytes = |value| STANDARD.decode(text(value)).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bytes(&public["PublicKey"]))
        .verify(b"header.claims", &bytes(&signed["Signature"]))
        .unwrap();
    story.end().await;
}
