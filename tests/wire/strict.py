"""One raw answer against the model's output shape: nothing missing, nothing unknown, no
null, every type, closed list and timestamp as the model has it."""

import base64
import json

#: What AWS's common layer answers in any service, without being in its model.
COMMON = {
    "SerializationException",
    "UnknownOperationException",
    "ValidationException",
    "RequestEntityTooLarge",
    "MissingParameter",
    "InvalidParameterValue",
}


#: Where the place differs on purpose (docs/fidelity.md): an address on loopback is short.
SHORTER = {"lambda.GetFunctionUrlConfig.FunctionUrl"}


class Wrong(AssertionError):
    """An answer that the model does not have."""


def shape(wanted, value, path):
    """Checks a value and everything in it."""
    kind = wanted.type_name
    if value is None:
        raise Wrong(f"{path} is null")
    if kind == "structure":
        typed(path, value, dict)
        for name in wanted.required_members:
            if name not in value:
                raise Wrong(f"{path}.{name} is missing")
        for name, item in value.items():
            if name not in wanted.members:
                raise Wrong(f"{path}.{name} is unknown to the model")
            shape(wanted.members[name], item, f"{path}.{name}")
    elif kind == "list":
        typed(path, value, list)
        for number, item in enumerate(value):
            shape(wanted.member, item, f"{path}[{number}]")
    elif kind == "map":
        typed(path, value, dict)
        for name, item in value.items():
            shape(wanted.key, name, f"{path} (key)")
            shape(wanted.value, item, f"{path}.{name}")
    elif kind == "string":
        typed(path, value, str)
        if wanted.enum and value not in wanted.enum:
            raise Wrong(f"{path} is {value!r}, none of {wanted.enum}")
        least = wanted.metadata.get("min", 0)
        if len(value) < least and path not in SHORTER:
            raise Wrong(f"{path} is {value!r}, shorter than {least}")
    elif kind in ("integer", "long"):
        typed(path, value, int)
        if isinstance(value, bool):
            raise Wrong(f"{path} is a flag")
    elif kind in ("float", "double"):
        typed(path, value, (int, float))
    elif kind == "boolean":
        typed(path, value, bool)
    elif kind == "timestamp":
        # Seconds since the epoch, with a fraction; not milliseconds, and not text.
        typed(path, value, (int, float))
        if not 1_000_000_000 < value < 10_000_000_000:
            raise Wrong(f"{path} is {value}, no time of today in seconds")
    elif kind == "blob":
        typed(path, value, str)
        base64.b64decode(value, validate=True)
    else:
        raise Wrong(f"{path} is of the type {kind}, which is not checked")


def typed(path, value, kinds):
    """Refuses a value of another JSON type."""
    if not isinstance(value, kinds):
        raise Wrong(f"{path} is {value!r}")


def answer(operation, status, headers, body):
    """A whole answer; the name of its error, or None."""
    where = f"{operation.service_model.service_name}.{operation.name}"
    headers = {name.lower(): value for name, value in headers.items()}
    protocol = operation.service_model.metadata["protocol"]
    if protocol == "query":
        return None if status == 200 else "?"
    if not headers.get("x-amzn-requestid"):
        raise Wrong(f"{where}: no x-amzn-RequestId")
    if status >= 300:
        return refusal(operation, where, status, headers, json.loads(body))
    wanted_status = operation.http.get("responseCode", 200)
    if protocol == "rest-json" and operation.name == "Invoke":
        wanted_status = status
    if status != wanted_status:
        raise Wrong(f"{where}: status {status}, not {wanted_status}")
    wanted = operation.output_shape
    if protocol == "json":
        version = operation.service_model.metadata["jsonVersion"]
        if headers["content-type"] != f"application/x-amz-json-{version}":
            raise Wrong(f"{where}: {headers['content-type']}")
        document = json.loads(body)
        if wanted is None:
            if document not in ({}, None):
                raise Wrong(f"{where}: {document}, where nothing is answered")
            return None
    else:
        if wanted is None or "payload" in wanted.serialization:
            return None
        document = json.loads(body) if body else {}
        for name, member in wanted.members.items():
            # These stand in the head.
            if "location" in member.serialization and name in document:
                raise Wrong(f"{where}.{name} stands in the body")
    if wanted is not None:
        shape(wanted, document, where)
    return None


def refusal(operation, where, status, headers, document):
    """An error: named, with its own status, and one that the operation has."""
    rest = operation.service_model.metadata["protocol"] == "rest-json"
    kind = headers.get("x-amzn-errortype", "") if rest else document.get("__type", "")
    code = kind.rsplit("#")[-1].split(":")[0]
    if not any(isinstance(document.get(name), str) for name in ("message", "Message")):
        raise Wrong(f"{where}: {document} says nothing")
    modelled = {error.name: error for error in operation.error_shapes}
    if code not in modelled and code not in COMMON:
        raise Wrong(f"{where}: {code} is none of {sorted(modelled)}")
    if code in modelled:
        wanted = modelled[code].metadata.get("error", {}).get("httpStatusCode", 400) if rest else 400
        if code in ("InternalServerError", "InternalException"):
            wanted = 500
        if status != wanted:
            raise Wrong(f"{where}: {code} with the status {status}, not {wanted}")
        for name, item in document.items():
            if name in modelled[code].members:
                shape(modelled[code].members[name], item, f"{where}.{code}.{name}")
            elif name not in ("__type", "message", "Message"):
                raise Wrong(f"{where}.{code}.{name} is unknown to the model")
    return code
