//! What the portal reads of a request.

#[path = "../../src/portal/lang/mod.rs"]
pub mod lang;
#[path = "../../src/portal/request.rs"]
mod request;
#[path = "../../src/portal/token.rs"]
pub mod token;

use hyper::Request;

use crate::wire::probe;

/// Reads a head and a form as the portal does; the token of the form, if there is one.
pub fn read<'a>(request: &Request<()>, form: &'a str) -> Option<&'a str> {
    let _ = request::language(request);
    if let Ok(target) = request::Target::of(request) {
        let path = request::path_and_query(request.uri());
        let agent = request.headers().get("user-agent");
        let agent = agent.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let _ = probe::recognise(target.host(), path, agent);
        let _ = request::is_from_own_page(request.headers(), target.host());
    }
    request::field(form, "token")
}
