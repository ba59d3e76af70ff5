//! STS's GetCallerIdentity, the one call of the query protocol (XML) here: many
//! tools ask it first to see whether an endpoint answers.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::ACCOUNT;

/// Answers a request that has no `X-Amz-Target`.
pub(super) fn answer(body: &[u8]) -> Response {
    let identity = body
        .split(|byte| *byte == b'&')
        .any(|part| part == b"Action=GetCallerIdentity");
    let request = Uuid::new_v4();
    let (status, xml) = if identity {
        let xml = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::{ACCOUNT}:root</Arn><UserId>{ACCOUNT}</UserId>\
             <Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
             <ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
        );
        (StatusCode::OK, xml)
    } else {
        let xml = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>UnknownOperationException</Code>\
             <Message>The operation is not known here.</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
        );
        (StatusCode::BAD_REQUEST, xml)
    };
    (status, [(header::CONTENT_TYPE, "text/xml")], xml).into_response()
}
