"""Secrets Manager, KMS and STS over boto3's core."""

import hashlib

from conftest import pages, refused

TOKEN = "0" * 31


def test_secrets(aws):
    secrets = aws.secretsmanager
    made = secrets.create_secret(Name="app/key", SecretString="one", ClientRequestToken=TOKEN + "12")
    assert made["VersionId"] == TOKEN + "12"
    again = secrets.create_secret(Name="app/key", SecretString="one", ClientRequestToken=TOKEN + "12")
    assert again["ARN"] == made["ARN"]
    refused("ResourceExistsException", secrets.create_secret, Name="app/key", SecretString="two")
    refused("ValidationException", secrets.create_secret, "Invalid name", Name="a b")
    refused("ValidationException", secrets.create_secret, "'name'")
    refused("InvalidParameterException", secrets.create_secret, Name="both", SecretString="a", SecretBinary=b"b")
    assert "VersionId" not in secrets.create_secret(Name="empty")
    refused("ResourceNotFoundException", secrets.get_secret_value, "AWSCURRENT", SecretId="empty")
    assert secrets.get_secret_value(SecretId="app/key")["SecretString"] == "one"
    two = secrets.put_secret_value(SecretId=made["ARN"], SecretBinary=b"\x00two", ClientRequestToken=TOKEN + "21")
    assert two["VersionStages"] == ["AWSCURRENT"]
    refused("ResourceExistsException", secrets.put_secret_value, SecretId="app/key", SecretString="other", ClientRequestToken=TOKEN + "21")
    told = secrets.get_secret_value(SecretId="app/key", VersionStage="AWSCURRENT", VersionId=two["VersionId"])
    assert told["SecretBinary"] == b"\x00two" and "SecretString" not in told
    before = secrets.get_secret_value(SecretId="app/key", VersionStage="AWSPREVIOUS")
    assert before["SecretString"] == "one" and before["VersionId"] == made["VersionId"]
    refused("InvalidRequestException", secrets.get_secret_value, SecretId="app/key", VersionId=made["VersionId"], VersionStage="AWSCURRENT")
    refused("ResourceNotFoundException", secrets.get_secret_value, SecretId="app/key", VersionStage="NONE")
    refused("ResourceNotFoundException", secrets.get_secret_value, SecretId="none")
    refused("ValidationException", secrets.get_secret_value, SecretId="")
    refused("InvalidRequestException", secrets.put_secret_value, SecretId="app/key")
    refused("InvalidParameterException", secrets.put_secret_value, SecretId="app/key", SecretString="a", SecretBinary=b"b")
    refused("ResourceNotFoundException", secrets.put_secret_value, SecretId="none", SecretString="x")
    told = secrets.describe_secret(SecretId="app/key")
    assert told["VersionIdsToStages"] == {made["VersionId"]: ["AWSPREVIOUS"], two["VersionId"]: ["AWSCURRENT"]}
    refused("ResourceNotFoundException", secrets.describe_secret, SecretId="none")
    for number in range(3):
        secrets.create_secret(Name=f"paged-{number}", SecretString="x")
    listed, count = pages(secrets, "list_secrets", "SecretList", 2)
    assert [one["Name"] for one in listed] == ["app/key", "empty", "paged-0", "paged-1", "paged-2"] and count == 3
    refused("InvalidNextTokenException", secrets.list_secrets, NextToken="nobody's")
    refused("ValidationException", secrets.list_secrets, "maxResults", MaxResults=101)


def test_keys(aws):
    kms = aws.kms
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    refused("UnsupportedOperationException", kms.create_key)
    digest = hashlib.sha256(b"text").digest()
    sign = dict(KeyId=key, Message=digest, MessageType="DIGEST", SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256")
    assert len(kms.sign(**sign)["Signature"]) == 256
    refused("NotFoundException", kms.sign, **{**sign, "KeyId": "none"})
    refused("ValidationException", kms.sign, **{**sign, "Message": b"short"})
    assert kms.get_public_key(KeyId=key)["KeySpec"] == "RSA_2048"
    refused("NotFoundException", kms.get_public_key, KeyId="none")
    kms.disable_key(KeyId=key)
    refused("DisabledException", kms.sign, **sign)
    refused("DisabledException", kms.get_public_key, KeyId=key)
    kms.enable_key(KeyId=key)
    for call in (kms.disable_key, kms.enable_key, kms.describe_key):
        refused("NotFoundException", call, KeyId="none")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    refused("UnsupportedOperationException", kms.get_parameters_for_import, KeyId=key, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048")
    wrap = dict(WrappingAlgorithm="RSA_AES_KEY_WRAP_SHA_256", WrappingKeySpec="RSA_2048")
    empty = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY", Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
    refused("KMSInvalidStateException", kms.sign, **{**sign, "KeyId": empty})
    refused("KMSInvalidStateException", kms.enable_key, KeyId=empty)
    refused("KMSInvalidStateException", kms.disable_key, KeyId=empty)
    refused("KMSInvalidStateException", kms.get_public_key, KeyId=empty)
    token = kms.get_parameters_for_import(KeyId=empty, **wrap)["ImportToken"]
    refused("NotFoundException", kms.get_parameters_for_import, KeyId="none", **wrap)
    given = dict(KeyId=empty, EncryptedKeyMaterial=b"x" * 300, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE")
    refused("InvalidImportTokenException", kms.import_key_material, **given, ImportToken=b"none")
    refused("NotFoundException", kms.import_key_material, **{**given, "KeyId": "none"}, ImportToken=token)
    refused("InvalidCiphertextException", kms.import_key_material, **given, ImportToken=token)
    refused("UnsupportedOperationException", kms.import_key_material, **{**given, "KeyId": key}, ImportToken=token)


def test_aliases(aws):
    kms = aws.kms
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    for number in range(3):
        kms.create_alias(AliasName=f"alias/a-{number}", TargetKeyId=key)
    refused("AlreadyExistsException", kms.create_alias, AliasName="alias/a-0", TargetKeyId=key)
    refused("InvalidAliasNameException", kms.create_alias, AliasName="a", TargetKeyId=key)
    refused("NotFoundException", kms.create_alias, AliasName="alias/b", TargetKeyId="none")
    listed, count = pages(kms, "list_aliases", "Aliases", 2)
    assert [one["AliasName"] for one in listed] == ["alias/a-0", "alias/a-1", "alias/a-2"] and count == 2
    refused("InvalidMarkerException", kms.list_aliases, Marker="nobody's")
    refused("NotFoundException", kms.list_aliases, KeyId="00000000-0000-0000-0000-000000000000")
    kms.update_alias(AliasName="alias/a-0", TargetKeyId=key)
    refused("NotFoundException", kms.update_alias, AliasName="alias/none", TargetKeyId=key)
    kms.delete_alias(AliasName="alias/a-0")
    refused("NotFoundException", kms.delete_alias, AliasName="alias/a-0")


def test_who_is_calling(aws):
    assert aws.sts.get_caller_identity()["Account"] == "123456789012"
