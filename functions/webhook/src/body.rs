//! The raw body, as GitHub sent and signed it: function URLs hand it over as
//! text, or as base64 where the content type is not a text's.

use std::borrow::Cow;

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlRequest as Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::answer::Answer;

/// The body's bytes, at most `limit` of them.
pub(crate) fn read(request: &Request, limit: usize) -> Result<Cow<'_, [u8]>, Answer> {
    let text = request.body.as_deref().unwrap_or_default();
    if !request.is_base64_encoded {
        return within(Cow::Borrowed(text.as_bytes()), limit);
    }
    // Four characters hold three bytes: decode nothing that is too long anyway.
    if text.len() / 4 > limit / 3 + 1 {
        return Err(too_long(limit));
    }
    match STANDARD.decode(text) {
        Ok(bytes) => within(Cow::Owned(bytes), limit),
        Err(_) => Err(Answer::new(
            400,
            "The body is marked as base64 but is not base64.",
        )),
    }
}

fn within(bytes: Cow<'_, [u8]>, limit: usize) -> Result<Cow<'_, [u8]>, Answer> {
    if bytes.len() > limit {
        Err(too_long(limit))
    } else {
        Ok(bytes)
    }
}

fn too_long(limit: usize) -> Answer {
    Answer::new(
        413,
        format!("The body is longer than {limit} bytes, so it was not read."),
    )
}
