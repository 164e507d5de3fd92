//! What programs send: bodies, parameters and names, read strictly, refused with the field named.

use std::error::Error;
use std::str::FromStr;

use axum::Json;
use axum::body::{Body as AnyBody, Bytes};
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;

use super::problem::{Kind, Problem};

/// A body in JSON. What it is read into refuses fields that it does not know.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(head.clone(), body), state)
            .await
            .map_err(|rejection| of_rejection(&rejection))?;
        // The reader would take the fields in their order from a list as well.
        let is_object = bytes.trim_ascii_start().first() == Some(&b'{');
        let request = Request::from_parts(head, AnyBody::from(bytes));
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) if is_object => Ok(Self(body)),
            Ok(_) => Err(Problem::saying(Kind::Invalid, "It is not an object.")),
            Err(rejection) => Err(of_json(rejection)),
        }
    }
}

fn of_rejection(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge),
        _ => Problem::new(Kind::Malformed),
    }
}

fn of_json(rejection: JsonRejection) -> Problem {
    match rejection {
        JsonRejection::JsonDataError(error) => of_complaint(&complaint(&error)),
        JsonRejection::JsonSyntaxError(error) => Problem::saying(Kind::Malformed, complaint(&error)),
        JsonRejection::MissingJsonContentType(_) => Problem::new(Kind::NotJson),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge),
        other => {
            tracing::debug!(status = %other.into_response().status(), "a body of the API was not read");
            Problem::new(Kind::Malformed)
        }
    }
}

/// Parameters after the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(of_complaint(&complaint(&rejection))),
        }
    }
}

/// A name in the path; what cannot be a name is nobody's.
pub(super) struct Named<T>(pub(super) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let name = path.ok().and_then(|Path(name)| name.parse().ok());
        name.map(Self).ok_or_else(|| Problem::new(Kind::NotFound))
    }
}

/// Two names in the path.
pub(super) struct NamedTwo<A, B>(pub(super) A, pub(super) B);

impl<A: FromStr, B: FromStr, S: Send + Sync> FromRequestParts<S> for NamedTwo<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let names = path
            .ok()
            .and_then(|Path((one, other))| Some(Self(one.parse().ok()?, other.parse().ok()?)));
        names.ok_or_else(|| Problem::new(Kind::NotFound))
    }
}

/// What the reader complained of, without where in the text that was.
fn complaint(error: &dyn Error) -> String {
    // The cause has the path of the field before its words.
    let text = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    match text.rfind(" at line ") {
        Some(place) => text[..place].to_owned(),
        None => text,
    }
}

/// Names the field.
fn of_complaint(complaint: &str) -> Problem {
    let quoted = ["unknown field `", "missing field `", "duplicate field `"]
        .iter()
        .find_map(|words| complaint.split_once(words)?.1.split_once('`'));
    if let Some((field, _)) = quoted {
        return Problem::field(field, complaint);
    }
    // A path, a colon, and what is wrong there.
    match complaint.split_once(": ") {
        Some((path, _)) if !path.contains(' ') => Problem::field(path, complaint),
        _ => Problem::saying(Kind::Invalid, complaint),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body as Bytes;
    use axum::extract::{FromRequest as _, FromRequestParts as _, Request};
    use axum::response::IntoResponse as _;
    use http_body_util::BodyExt as _;
    use serde::Deserialize;

    use super::{Asked, Body};
    use crate::dashboard::api::problem::Problem;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it can be read is asked")]
    struct Wish {
        days: u16,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "as above")]
    struct Inner {
        name: String,
    }

    async fn told(problem: Problem) -> (u16, Option<String>) {
        let response = problem.into_response();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        (status, value["field"].as_str().map(str::to_owned))
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_body_is_named() {
        for (kind, text, status, field) in [
            ("application/json", "{\"days\":7}", 200, None),
            ("application/json; charset=utf-8", "{\"days\":7}", 200, None),
            ("text/plain", "{\"days\":7}", 415, None),
            ("application/json", "{\"days\":", 400, None),
            ("application/json", "", 400, None),
            ("application/json", "{\"days\":7} {}", 400, None),
            ("application/json", "{}", 422, Some("days")),
            ("application/json", "[]", 422, None),
            ("application/json", "[7]", 422, None),
            ("application/json", "{\"days\":\"7\"}", 422, Some("days")),
            ("application/json", "{\"days\":-1}", 422, Some("days")),
            ("application/json", "{\"days\":7,\"dayz\":7}", 422, Some("dayz")),
            ("application/json", "{\"days\":7,\"a: b\":7}", 422, Some("a: b")),
            ("application/json", "{\"days\":7,\"days\":7}", 422, Some("days")),
            (
                "application/json",
                "{\"days\":7,\"inner\":[{\"name\":1}]}",
                422,
                Some("inner[0].name"),
            ),
        ] {
            let request = Request::builder().header("content-type", kind);
            let request = request.body(Bytes::from(text)).unwrap();
            let found = match Body::<Wish>::from_request(request, &()).await {
                Ok(_) => (200, None),
                Err(problem) => told(problem).await,
            };
            assert_eq!(found, (status, field.map(str::to_owned)), "{text}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_parameter_is_named() {
        for (query, field) in [
            ("days=x", "days"),
            ("dayz=1&days=7", "dayz"),
            ("", "days"),
            ("days=7&days=8", "days"),
        ] {
            let request = Request::builder().uri(format!("/?{query}")).body(()).unwrap();
            let mut parts = request.into_parts().0;
            let Err(problem) = Asked::<Wish>::from_request_parts(&mut parts, &()).await else {
                panic!("{query}")
            };
            assert_eq!(told(problem).await, (422, Some(field.to_owned())), "{query}");
        }
    }
}
