//! What programs are told when something is not done: problem documents (RFC 9457) of kinds that stay.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::Fault;

/// Where kinds are explained; the beginning of every `type`.
pub(super) const KINDS: &str = "/api/v1/problems/";
/// RFC 9457, section 3.
const CONTENT_TYPE: &str = "application/problem+json";

/// What went wrong. Programs tell them apart by their names, which stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Malformed,
    Unauthorized,
    Forbidden,
    NotFound,
    WrongMethod,
    Conflict,
    TooLarge,
    NotJson,
    Invalid,
    TooMany,
    Unavailable,
}

impl Kind {
    /// All of them.
    pub(super) const ALL: [Self; 11] = [
        Self::Malformed,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::WrongMethod,
        Self::Conflict,
        Self::TooLarge,
        Self::NotJson,
        Self::Invalid,
        Self::TooMany,
        Self::Unavailable,
    ];

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::WrongMethod => "wrong-method",
            Self::Conflict => "conflict",
            Self::TooLarge => "too-large",
            Self::NotJson => "not-json",
            Self::Invalid => "invalid",
            Self::TooMany => "too-many",
            Self::Unavailable => "unavailable",
        }
    }

    /// The status of its answers.
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What it means, whatever was asked for.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "The request cannot be read",
            Self::Unauthorized => "A token that is in force is needed, as Authorization: Bearer",
            Self::Forbidden => "The token may not do this, or its owner's role may not any more",
            Self::NotFound => "There is no such thing",
            Self::WrongMethod => "This is not done with this method",
            Self::Conflict => "How things stand does not allow it",
            Self::TooLarge => "The request is too large",
            Self::NotJson => "The body has to be application/json",
            Self::Invalid => "The request does not say what is needed, or says what is not known",
            Self::TooMany => "Too many requests; Retry-After says when to go on",
            Self::Unavailable => "The gateway cannot answer now; its log says why",
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Problem {
    kind: Kind,
    detail: Option<String>,
    field: Option<String>,
    mistakes: Option<Vec<Mistake>>,
    wait: Option<Duration>,
}

/// A mistake of a configuration.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Mistake {
    /// What it is about: `network.0.rate.down`; empty where that is the whole file.
    pub(super) place: String,
    /// What is wrong.
    pub(super) what: String,
    /// What to do.
    pub(super) hint: Option<String>,
}

/// A problem as it is written (RFC 9457, section 3.1).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Written {
    /// What kind of problem: the same for ever, and explained at this address of the gateway.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems/forbidden", format = "uri-reference")]
    kind: String,
    /// The kind in words.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong with this very request, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    detail: Option<String>,
    /// Which field or parameter is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    field: Option<String>,
    /// Every mistake of a configuration that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mistakes: Option<Vec<Mistake>>,
}

impl Written {
    pub(super) fn of(kind: Kind) -> Self {
        Self {
            kind: format!("{KINDS}{}", kind.name()),
            title: kind.title().to_owned(),
            status: kind.status().as_u16(),
            detail: None,
            field: None,
            mistakes: None,
        }
    }
}

impl Problem {
    pub(super) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            field: None,
            mistakes: None,
            wait: None,
        }
    }

    pub(super) fn saying(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::new(kind)
        }
    }

    /// A field that is missing, not known, or not as it must be.
    pub(super) fn field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::saying(Kind::Invalid, detail)
        }
    }

    pub(super) fn too_many(wait: Duration) -> Self {
        Self {
            wait: Some(wait),
            ..Self::new(Kind::TooMany)
        }
    }

    /// Something is out of order, which the log tells.
    pub(super) fn fault(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "the API could not answer");
        Self::unavailable()
    }

    /// A configuration that is none.
    pub(super) fn with_mistakes(mistakes: impl IntoIterator<Item = Mistake>) -> Self {
        Self {
            mistakes: Some(mistakes.into_iter().collect()),
            ..Self::saying(Kind::Invalid, "The configuration has mistakes.")
        }
    }

    /// The same as [`Problem::unavailable`], where it is known why.
    pub(super) fn unavailable_because(detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..Self::unavailable()
        }
    }

    /// Nobody answers; whoever asks again in a moment may be luckier.
    pub(super) fn unavailable() -> Self {
        Self {
            wait: Some(Duration::from_secs(4)),
            ..Self::new(Kind::Unavailable)
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::fault(&fault)
    }
}

impl From<crate::accounts::StoreFailure> for Problem {
    fn from(failure: crate::accounts::StoreFailure) -> Self {
        Fault::from(failure).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let written = Written {
            detail: self.detail,
            field: self.field,
            mistakes: self.mistakes,
            ..Written::of(self.kind)
        };
        let mut response = (self.kind.status(), Json(written)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if self.kind == Kind::Unauthorized {
            // RFC 6750, section 3.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.wait {
            // The next whole second.
            let seconds = wait.as_secs().saturating_add(1);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// What is at no path of the API.
pub(super) async fn missing() -> Problem {
    Problem::new(Kind::NotFound)
}

/// What a path does not do.
pub(super) async fn wrong_method() -> Problem {
    Problem::new(Kind::WrongMethod)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::header;
    use axum::response::IntoResponse as _;

    use super::{Kind, Problem};

    #[test]
    fn kinds_are_told_apart_and_waiting_is_told() {
        let mut names = Kind::ALL.map(Kind::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Kind::ALL.len());
        let response = Problem::too_many(Duration::from_millis(1_200)).into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
        let response = Problem::new(Kind::Unauthorized).into_response();
        assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
        assert_eq!(response.headers().get(header::RETRY_AFTER), None);
    }
}
