//! KMS: refusals as the SDK's error types, and an RSA key that is imported and
//! signs, checked with its public half.

use crate::world::World;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    AlgorithmSpec, ExpirationModelType, KeySpec, KeyState, KeyUsageType, MessageType, OriginType,
    SigningAlgorithmSpec, WrappingKeySpec,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jit_runners::key_wrapping::wrap;
use sha2::{Digest as _, Sha256};

const MESSAGE: &[u8] = b"header.claims";

impl World {
    async fn key(&self, origin: OriginType) -> String {
        let create = self.keys.create_key().key_spec(KeySpec::Rsa2048);
        let create = create.key_usage(KeyUsageType::SignVerify).origin(origin);
        let created = create.send().await.unwrap();
        created.key_metadata.unwrap().key_id
    }

    async fn sign(
        &self,
        key: &str,
        of: MessageType,
        message: &[u8],
    ) -> Result<Vec<u8>, aws_sdk_kms::operation::sign::SignError> {
        let sign = self.keys.sign().key_id(key).message_type(of);
        let sign = sign.message(Blob::new(message));
        let sign = sign.signing_algorithm(SigningAlgorithmSpec::RsassaPkcs1V15Sha256);
        match sign.send().await {
            Ok(answer) => Ok(answer.signature.unwrap().into_inner()),
            Err(error) => Err(error.into_service_error()),
        }
    }

    /// Imports `pem`, or what `spoil` makes of its wrapped form.
    async fn import(
        &self,
        key: &str,
        pem: &str,
        spoil: impl Fn(&mut Vec<u8>),
    ) -> Result<(), aws_sdk_kms::operation::import_key_material::ImportKeyMaterialError> {
        let parameters = self
            .keys
            .get_parameters_for_import()
            .key_id(key)
            .wrapping_algorithm(AlgorithmSpec::RsaAesKeyWrapSha256)
            .wrapping_key_spec(WrappingKeySpec::Rsa2048)
            .send()
            .await
            .unwrap();
        let public_key = parameters.public_key.unwrap();
        let mut material = wrap(&pem.into(), public_key.as_ref()).unwrap();
        spoil(&mut material);
        self.keys
            .import_key_material()
            .key_id(key)
            .set_import_token(parameters.import_token)
            .encrypted_key_material(Blob::new(material))
            .expiration_model(ExpirationModelType::KeyMaterialDoesNotExpire)
            .send()
            .await
            .map(drop)
            .map_err(|error| error.into_service_error())
    }
}

fn pem() -> String {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let body = STANDARD.encode(der.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
}

#[tokio::test]
async fn what_cannot_sign_is_refused_by_the_right_name() {
    let world = World::start().await;
    let raw = MessageType::Raw;
    for nobody in ["alias/none", "1234abcd-12ab-34cd-56ef-1234567890ab"] {
        let error = world.sign(nobody, raw.clone(), MESSAGE).await.unwrap_err();
        assert!(error.is_not_found_exception(), "{error:?}");
    }
    let empty = world.key(OriginType::External).await;
    let error = world.sign(&empty, raw.clone(), MESSAGE).await.unwrap_err();
    assert!(error.is_kms_invalid_state_exception(), "{error:?}");

    let key = world.key(OriginType::AwsKms).await;
    world.keys.disable_key().key_id(&key).send().await.unwrap();
    let error = world.sign(&key, raw.clone(), MESSAGE).await.unwrap_err();
    assert!(error.is_disabled_exception(), "{error:?}");
    world.keys.enable_key().key_id(&key).send().await.unwrap();
    assert!(world.sign(&key, raw.clone(), MESSAGE).await.is_ok());
    for (of, message) in [
        (raw, vec![0; 4097]),
        (MessageType::Digest, MESSAGE.to_vec()),
    ] {
        assert!(world.sign(&key, of, &message).await.is_err());
    }

    // Only a key that is meant for it takes material.
    let parameters = world.keys.get_parameters_for_import().key_id(&key);
    let parameters = parameters
        .wrapping_algorithm(AlgorithmSpec::RsaAesKeyWrapSha256)
        .wrapping_key_spec(WrappingKeySpec::Rsa2048);
    let error = parameters.send().await.unwrap_err().into_service_error();
    assert!(error.is_unsupported_operation_exception(), "{error:?}");
    world.end().await;
}

#[tokio::test]
async fn spoilt_or_other_material_is_not_imported() {
    let world = World::start().await;
    let key = world.key(OriginType::External).await;
    let pem = pem();
    let flip = |material: &mut Vec<u8>| *material.last_mut().unwrap() ^= 1;
    let error = world.import(&key, &pem, flip).await.unwrap_err();
    assert!(error.is_invalid_ciphertext_exception(), "{error:?}");
    world.import(&key, &pem, |_| {}).await.unwrap();
    let error = world.import(&key, &self::pem(), |_| {}).await.unwrap_err();
    assert!(error.is_incorrect_key_material_exception(), "{error:?}");
    // The same again is fine.
    world.import(&key, &pem, |_| {}).await.unwrap();
    world.end().await;
}

#[tokio::test]
async fn an_imported_key_signs_by_id_arn_and_alias_and_its_public_half_agrees() {
    let world = World::start().await;
    let key = world.key(OriginType::External).await;
    world.import(&key, &pem(), |_| {}).await.unwrap();
    let alias = world.keys.create_alias().alias_name("alias/app/key");
    alias.target_key_id(&key).send().await.unwrap();
    let described = world.keys.describe_key().key_id("alias/app/key").send();
    let metadata = described.await.unwrap().key_metadata.unwrap();
    assert_eq!(metadata.key_id, key);
    assert_eq!(metadata.key_state, Some(KeyState::Enabled));
    assert_eq!(metadata.origin, Some(OriginType::External));

    let public = world.keys.get_public_key().key_id(&key).send().await;
    let public = public.unwrap().public_key.unwrap().into_inner();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    for name in [&key, metadata.arn().unwrap(), "alias/app/key"] {
        let signature = world.sign(name, MessageType::Raw, MESSAGE).await.unwrap();
        public.verify(MESSAGE, &signature).unwrap();
    }
    let digest = Sha256::digest(MESSAGE);
    let signature = world.sign(&key, MessageType::Digest, &digest).await;
    public.verify(MESSAGE, &signature.unwrap()).unwrap();
    world.end().await;
}
