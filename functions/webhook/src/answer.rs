//! Answers: a status and JSON with one sentence, plus what the log line says.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlResponse as Response;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

/// An answer in the making.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    status: u16,
    message: String,
    /// Known once the signature was right.
    pub(crate) delivery: Option<Delivery>,
    /// GitHub's id of the job; 0 where the event has none.
    pub(crate) job: u64,
}

/// What a believed delivery says about itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Delivery {
    pub(crate) id: String,
    pub(crate) event: String,
    pub(crate) action: String,
}

impl Answer {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            ..Self::default()
        }
    }

    pub(crate) fn of(mut self, delivery: &Delivery) -> Self {
        self.delivery = Some(delivery.clone());
        self
    }

    pub(crate) fn log(&self) {
        let delivery = self.delivery.clone().unwrap_or_default();
        let line = tracing::field::display(&self.message);
        tracing::info!(
            delivery_id = delivery.id,
            event = delivery.event,
            action = delivery.action,
            job_id = self.job,
            status = self.status,
            outcome = line,
            "delivery answered"
        );
    }

    fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "accepted": self.status == 202});
        if let Some(delivery) = &self.delivery {
            body["delivery_id"] = json!(delivery.id);
            body["event"] = json!(delivery.event);
            body["action"] = json!(delivery.action);
        }
        body
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::default();
        response.status_code = i64::from(self.status);
        response.body = Some(self.body().to_string());
        response
            .headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}
