//! Pages of lists whose services answer everything at once. A token is the key of the
//! first item of the next page, so that what is added or removed between two pages
//! shifts none of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::error::AwsError;

/// How an operation's list is given out.
pub(crate) struct List {
    operation: &'static str,
    /// The member of the answer, sorted by `key`.
    items: &'static str,
    key: &'static str,
    /// The member that asks for a page's size, the size where it is not given, and the
    /// most that a page has where the model tells no limit.
    size: &'static str,
    default: usize,
    /// The token's member in requests, and in answers.
    token: [&'static str; 2],
    /// What a token of nobody is refused with.
    refusal: &'static str,
}

/// The key of items that are texts.
const ITSELF: &str = "";

const EVENTS: [List; 3] = [
    list("ListEventBuses", "EventBuses", "Name"),
    list("ListRules", "Rules", "Name"),
    list("ListTargetsByRule", "Targets", "Id"),
];

const fn list(operation: &'static str, items: &'static str, key: &'static str) -> List {
    List {
        operation,
        items,
        key,
        size: "Limit",
        default: 100,
        token: ["NextToken", "NextToken"],
        refusal: "ValidationException",
    }
}

const fn functions(operation: &'static str, items: &'static str, key: &'static str) -> List {
    List {
        operation,
        items,
        key,
        size: "MaxItems",
        default: 50,
        token: ["Marker", "NextMarker"],
        refusal: "InvalidParameterValueException",
    }
}

const LAMBDA: [List; 3] = [
    functions("ListFunctions", "Functions", "FunctionName"),
    functions("ListVersionsByFunction", "Versions", "Version"),
    functions("ListAliases", "Aliases", "Name"),
];

const OTHERS: [(&str, List); 4] = [
    (
        "kms",
        List {
            token: ["Marker", "NextMarker"],
            refusal: "InvalidMarkerException",
            default: 50,
            ..list("ListAliases", "Aliases", "AliasName")
        },
    ),
    (
        "scheduler",
        List {
            size: "MaxResults",
            ..list("ListSchedules", "Schedules", "Name")
        },
    ),
    (
        "sqs",
        List {
            size: "MaxResults",
            default: 1000,
            refusal: "InvalidParameterValue",
            ..list("ListQueues", "QueueUrls", ITSELF)
        },
    ),
    (
        "secretsmanager",
        List {
            size: "MaxResults",
            refusal: "InvalidNextTokenException",
            ..list("ListSecrets", "SecretList", "Name")
        },
    ),
];

/// How the operation's list is given out; nothing where its service has its own pages.
pub(crate) fn of(service: &str, operation: &str) -> Option<&'static List> {
    let own: &'static [List] = match service {
        "events" => &EVENTS,
        "lambda" => &LAMBDA,
        _ => &[],
    };
    let others = OTHERS.iter().filter(|(name, _)| *name == service);
    let mut all = own.iter().chain(others.map(|(_, list)| list));
    all.find(|list| list.operation == operation)
}

impl List {
    /// The page that the input asks for.
    ///
    /// # Errors
    /// The token is none of this list's.
    pub(crate) fn page(&self, input: &Value, mut answer: Value) -> Result<Value, AwsError> {
        let Some(Value::Array(items)) = answer.get_mut(self.items) else {
            return Ok(answer);
        };
        let from = match input.get(self.token[0]).and_then(Value::as_str) {
            Some(token) => {
                let key = self.key_of(token)?;
                let at = items.iter().position(|item| self.is_from(item, &key));
                at.unwrap_or(items.len())
            }
            None => 0,
        };
        let size = input.get(self.size).and_then(Value::as_u64);
        let size = size.and_then(|size| usize::try_from(size).ok());
        let size = size.filter(|size| *size > 0).unwrap_or(self.default);
        items.drain(..from);
        let next = items.get(size).map(|next| self.token(next));
        items.truncate(size);
        if let Some(next) = next {
            answer[self.token[1]] = next.into();
            // KMS says so besides.
            if let Some(truncated) = answer.get_mut("Truncated") {
                *truncated = true.into();
            }
        }
        Ok(answer)
    }

    fn key<'v>(&self, item: &'v Value) -> &'v str {
        let key = if self.key == ITSELF {
            Some(item)
        } else {
            item.get(self.key)
        };
        key.and_then(Value::as_str).unwrap_or_default()
    }

    fn token(&self, next: &Value) -> String {
        let token = format!("{}:{}", self.operation, self.key(next));
        URL_SAFE_NO_PAD.encode(token)
    }

    fn key_of(&self, token: &str) -> Result<String, AwsError> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let key = text.and_then(|text| {
            let (operation, key) = text.split_once(':')?;
            (operation == self.operation).then(|| key.to_owned())
        });
        key.ok_or_else(|| {
            let message = format!("The {} is not valid.", self.token[0]);
            AwsError::new(self.refusal, message)
        })
    }

    /// Whether the item is the key's or comes after it. Versions are numbers.
    fn is_from(&self, item: &Value, key: &str) -> bool {
        let own = self.key(item);
        match (own.parse::<u64>(), key.parse::<u64>()) {
            (Ok(own), Ok(key)) => own >= key,
            _ => own >= key,
        }
    }
}
