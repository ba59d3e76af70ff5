//! Why a read gave no answer, told apart by what a check makes of it.

use super::service::Service;

/// A read that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// `ecs:DescribeClusters`.
    action: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// The service answered, but not with what was asked for.
    Refused(Refusal),
    /// No answer came; the text says what was seen.
    Unanswered(String),
}

/// An answer that is an error, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// The error's name without a namespace; empty where the answer had none.
    pub(crate) code: String,
    pub(crate) message: String,
    /// Whether the local place gave it.
    pub(crate) by_place: bool,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.code.as_str(), self.message.as_str()) {
            ("", "") => write!(f, "status {}", self.status),
            ("", message) => write!(f, "status {}: {message}", self.status),
            (code, "") => f.write_str(code),
            (code, message) => write!(f, "{code}: {}", message.trim_end_matches('.')),
        }
    }
}

impl std::error::Error for Refusal {}

impl Fault {
    pub(crate) fn refused(service: Service, operation: &str, refusal: Refusal) -> Self {
        Self::new(service, operation, Kind::Refused(refusal))
    }

    pub(crate) fn unanswered(service: Service, operation: &str, seen: String) -> Self {
        Self::new(service, operation, Kind::Unanswered(seen))
    }

    fn new(service: Service, operation: &str, kind: Kind) -> Self {
        Self {
            action: format!("{}:{operation}", service.iam),
            kind,
        }
    }

    /// The service says that there is no such thing.
    pub(crate) fn is_missing(&self) -> bool {
        let Kind::Refused(refusal) = &self.kind else {
            return false;
        };
        let code = refusal.code.as_str();
        code.contains("NotFound")
            || code.contains("DoesNotExist")
            || code.contains("NonExistent")
            // ECS has no name of its own for a task definition that is not there.
            || refusal.message.starts_with("Unable to describe task definition")
    }

    /// The endpoint does not know the operation at all.
    pub(crate) fn is_unsupported(&self) -> bool {
        let Kind::Refused(refusal) = &self.kind else {
            return false;
        };
        let unknown = ["UnknownOperation", "InvalidAction", "UnknownAction"]
            .iter()
            .any(|word| refusal.code.contains(word));
        unknown || refusal.status == 501 || (refusal.status == 404 && refusal.code.is_empty())
    }

    /// The local place said that it has no such service or call.
    pub(crate) fn is_not_in_place(&self) -> bool {
        matches!(&self.kind, Kind::Refused(refusal) if refusal.by_place) && self.is_unsupported()
    }

    /// The credentials may not make this call.
    pub(crate) fn is_denied(&self) -> bool {
        let Kind::Refused(refusal) = &self.kind else {
            return false;
        };
        ["AccessDenied", "UnauthorizedOperation", "NotAuthorized"]
            .iter()
            .any(|word| refusal.code.contains(word))
    }

    /// What happened, without a full stop.
    pub(crate) fn reason(&self) -> String {
        match &self.kind {
            Kind::Refused(_) if self.is_not_in_place() => {
                format!("the local place has no {}", self.action)
            }
            Kind::Refused(_) if self.is_unsupported() => {
                format!("this endpoint does not know {}", self.action)
            }
            Kind::Refused(_) if self.is_denied() => {
                format!("these credentials may not call {}", self.action)
            }
            Kind::Refused(refusal) => format!("{} was refused ({refusal})", self.action),
            Kind::Unanswered(seen) => format!("{} got no answer ({seen})", self.action),
        }
    }

    /// How to make the read possible.
    pub(crate) fn advice(&self) -> String {
        match &self.kind {
            Kind::Refused(_) if self.is_denied() => {
                format!(
                    "allow {} to whoever runs doctor, or check it by hand",
                    self.action
                )
            }
            Kind::Refused(_) if self.is_unsupported() => {
                "check it by hand where the deployment really is".to_owned()
            }
            Kind::Refused(_) => "run doctor again; if it stays, check it by hand".to_owned(),
            Kind::Unanswered(_) => {
                "check the network, --region and --endpoint-url, and run doctor again".to_owned()
            }
        }
    }
}
