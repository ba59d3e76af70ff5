"""Errors of the models that the place never answers, each with its reason."""

_KMS = "nothing here is encrypted by a customer's key"
_THROTTLED = "there are no limits of calls; an ordered fault says so instead (docs/faults.md)"
_OWN_FAILURE = "a failure of AWS's own"
_QUOTA = "there are no quotas of how many there may be"
_NO_ACCESS = "access is not checked"
_LAMBDA = "functions are programs of this machine: no zip, no network interface, no file system"

#: By the error alone, in whatever operation.
EVERYWHERE = {
    **dict.fromkeys(
        ["InternalServerError", "InternalException", "InternalServerException", "InternalServiceError", "KMSInternalException",
         "ServiceException", "ServerException", "ServiceUnavailableException", "DependencyTimeoutException", "KeyUnavailableException"],
        _OWN_FAILURE,
    ),
    **dict.fromkeys(
        ["ThrottlingException", "RequestThrottled", "TooManyRequestsException", "RequestLimitExceeded",
         "ProvisionedThroughputExceededException", "ActivityWorkerLimitExceeded", "PurgeQueueInProgress", "OverLimit"],
        _THROTTLED,
    ),
    **dict.fromkeys(
        ["LimitExceededException", "ServiceQuotaExceededException", "StateMachineLimitExceeded", "ActivityLimitExceeded",
         "ExecutionLimitExceeded", "CodeStorageExceededException", "AliasLimitExceededException", "TooManyTags", "TagException",
         "FunctionVersionsPerCapacityProviderLimitExceededException", "ItemCollectionSizeLimitExceededException"],
        _QUOTA,
    ),
    **dict.fromkeys(
        ["AccessDeniedException", "InvalidSecurity", "InvalidAddress", "BlockedException", "InvalidGrantTokenException",
         "DryRunOperationException", "MalformedPolicyDocumentException", "ManagedRuleException", "OperationDisabledException"],
        _NO_ACCESS,
    ),
    **dict.fromkeys(
        ["KmsAccessDeniedException", "KmsInvalidStateException", "KmsThrottlingException", "KmsAccessDenied", "KmsDisabled",
         "KmsInvalidKeyUsage", "KmsInvalidState", "KmsNotFound", "KmsOptInRequired", "KmsThrottled", "DecryptionFailure",
         "EncryptionFailure", "InvalidEncryptionConfiguration", "InvalidLoggingConfiguration", "InvalidTracingConfiguration"],
        _KMS,
    ),
    **dict.fromkeys(
        ["TransactionConflictException", "ReplicatedWriteConflictException", "ConcurrentModificationException",
         "PreconditionFailedException", "PreconditionNotMetException", "StateMachineDeleting", "QueueDeletedRecently"],
        "calls take effect one after the other, at once",
    ),
    **dict.fromkeys(
        ["CloudHsmClusterInvalidConfigurationException", "CustomKeyStoreInvalidStateException", "CustomKeyStoreNotFoundException",
         "XksKeyAlreadyInUseException", "XksKeyInvalidConfigurationException", "XksKeyNotFoundException", "InvalidArnException"],
        "keys are in this process; a wrong ARN is a key that is not found",
    ),
    "InvalidKeyUsageException": "all keys are for signing",
    "NamespaceNotFoundException": "there is no Service Connect",
    "ServiceNotFoundException": "there are no services",
    "PlatformUnknownException": "the platform's version is not looked at",
    "PlatformTaskDefinitionIncompatibilityException": "the platform's version is not looked at",
    "UnsupportedFeatureException": "what is not supported is a ClientException",
    "InvalidStateException": "there are no partner buses",
    "UnsupportedOperation": "SQS's other operations are not there",
    "InvalidIdFormat": "SQS: of an older protocol",
}

_ONLY = {
    **dict.fromkeys(
        ["CodeArtifactUserDeletedException", "CodeArtifactUserFailedException", "CodeArtifactUserPendingException",
         "DurableExecutionAlreadyStartedException", "EC2AccessDeniedException", "EC2ThrottledException", "EC2UnexpectedException",
         "EFSIOException", "EFSMountConnectivityException", "EFSMountFailureException", "EFSMountTimeoutException",
         "ENILimitReachedException", "ENINotReadyException", "InvalidRuntimeException", "InvalidSecurityGroupIDException",
         "InvalidSubnetIDException", "InvalidZipFileException", "KMSAccessDeniedException", "KMSDisabledException",
         "KMSInvalidStateException", "KMSNotFoundException", "ModeNotSupportedException", "NoPublishedVersionException",
         "RecursiveInvocationException", "ResourceConflictException", "ResourceNotReadyException", "RuntimeAliasDeletedException",
         "RuntimeVersionDeletedException", "S3FilesMountConnectivityException", "S3FilesMountFailureException",
         "S3FilesMountTimeoutException", "SerializedRequestEntityTooLargeException", "SnapStartException",
         "SnapStartNotReadyException", "SnapStartRegenerationFailureException", "SnapStartTimeoutException",
         "SubnetIPAddressLimitReachedException", "UnsupportedMediaTypeException"],
        _LAMBDA,
    ),
}


def _each(service, error, reason, operations):
    return {(service, operation, error): reason for operation in operations.split()}


#: By service, operation and error.
ONE = {("lambda", "Invoke", error): reason for error, reason in _ONLY.items()} | {
    ("stepfunctions", "CreateStateMachineAlias", "InvalidName"): "the model's pattern refuses it before",
    ("stepfunctions", "ListExecutions", "ResourceNotFound"): "there are no map runs; an alias that is not there is a machine that is not",
    ("stepfunctions", "CreateActivity", "ActivityAlreadyExists"): _KMS,
    ("stepfunctions", "CreateStateMachine", "ConflictException"): "calls take effect one after the other, at once",
    ("dynamodb", "DeleteTable", "ResourceInUseException"): "tables are there and gone at once",
    **_each("ecs", "ClientException", "what is malformed here is an InvalidParameterException",
            "CreateCluster DescribeClusters ListClusters ListTaskDefinitions StopTask DescribeTasks ListTasks"),
    **_each("ecs", "InvalidParameterException", "what is malformed here is a ClientException", "RegisterTaskDefinition DescribeTaskDefinition"),
    **_each("lambda", "InvalidParameterValueException", "the model refuses what is malformed before (ValidationException)",
            "Invoke GetFunction GetFunctionConfiguration GetFunctionUrlConfig PublishVersion CreateAlias GetAlias UpdateAlias DeleteAlias"),
    **_each("lambda", "ResourceConflictException", "calls take effect one after the other, at once", "PublishVersion UpdateAlias DeleteAlias"),
    **_each("kms", "KMSInvalidStateException", "an alias may name a key in any state", "CreateAlias UpdateAlias DeleteAlias"),
    **_each("kms", "KMSInvalidStateException", "keys are not deleted, and material is imported in any state", "GetParametersForImport ImportKeyMaterial"),
    **_each("kms", "IncorrectKeyMaterialException", "wants material that is wrapped: wire_sdk's keys have it", "ImportKeyMaterial"),
    **_each("kms", "UnsupportedOperationException", "all keys have a public key", "GetPublicKey"),
    **_each("kms", "ExpiredImportTokenException", "an import token is good for a day", "ImportKeyMaterial"),
    **_each("scheduler", "ConflictException", "calls take effect one after the other, at once", "UpdateSchedule DeleteSchedule"),
    **_each("secretsmanager", "InvalidParameterException", "the model refuses what is malformed before (ValidationException)",
            "GetSecretValue DescribeSecret ListSecrets"),
    **_each("secretsmanager", "InvalidRequestException", "secrets are not deleted, and no filters are looked at", "CreateSecret ListSecrets"),
    **_each("secretsmanager", "ResourceNotFoundException", _KMS, "CreateSecret"),
    **_each("stepfunctions", "ConflictException", "calls take effect one after the other, at once",
            "UpdateStateMachine UpdateStateMachineAlias DeleteStateMachineAlias"),
    **_each("stepfunctions", "StateMachineTypeNotSupported", "there are only Standard machines", "ListExecutions"),
    **_each("stepfunctions", "ResourceNotFound", "a machine that is not there is told by its own error", "ListStateMachineAliases"),
    **_each("stepfunctions", "TaskDoesNotExist", "a token of a task that is over is told as timed out", "SendTaskSuccess SendTaskFailure SendTaskHeartbeat"),
}

#: Operations whose answer wants more than botocore can make, and the test that has it.
ELSEWHERE = {("kms", "ImportKeyMaterial"): "wire_sdk::keys::an_imported_key_signs_by_id_arn_and_alias_and_its_public_half_agrees"}
