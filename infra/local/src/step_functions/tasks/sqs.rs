//! `sqs:sendMessage`. A body that is an object is sent as its JSON text.

use serde_json::{Value, json};

use super::{Failure, TaskServices, cause};

pub(super) async fn send(services: &TaskServices, arguments: &Value) -> Result<Value, Failure> {
    let mut input = arguments.clone();
    if let Some(body) = input
        .get_mut("MessageBody")
        .filter(|body| !body.is_string())
    {
        *body = Value::from(body.to_string());
    }
    let mut answer = services
        .sqs
        .call("SendMessage", input)
        .await
        .map_err(|error| {
            let code = error.code.trim_end_matches("Exception");
            let message = cause(&error.message, "Sqs", error.status);
            Failure::new(format!("SQS.{code}Exception"), message)
        })?;
    answer["SdkHttpMetadata"] = json!({"HttpStatusCode": 200});
    let request = uuid::Uuid::new_v4().to_string();
    answer["SdkResponseMetadata"] = json!({"RequestId": request});
    Ok(answer)
}
