//! Routes and their description, made by the same words: there is no route without its lines in the OpenAPI
//! document, none of those without a route, and no route without a door, but for those that say so.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, on};
use serde_json::json;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder, Ref, RefOr, Required};
use utoipa::{IntoParams, ToSchema};

use super::call::{Door, admit, scope_names};
use super::problem::{Kind, Mistake, Written, missing, wrong_method};
use crate::accounts::Permission;
use crate::dashboard::room::Room;

/// Before every path.
pub(super) const BASE: &str = "/api/v1";
/// The media type of files.
pub(super) const FILE: &str = "application/octet-stream";
/// The scheme's name in the document.
const TOKEN: &str = "token";

const ABOUT: &str = "What the dashboard does, for programs. A token is made on the dashboard's page My account, \
    or by `portico token add`; it is sent as `Authorization: Bearer portico_…`. It may what it was made for, and \
    never more than its owner's role. The API gives nobody a right: the scope manage-users takes rights away, and users \
    are added on the dashboard or by `portico user add`. Fields and parameters that are not known are refused. What is not done is \
    told as a problem document (RFC 9457). Beside what stands below, the listener itself answers 408 to a request \
    that does not end, 421 to another host's name and 431 to a head that is too long, in plain text. Liveness is \
    told at /healthz, metrics for Prometheus at /metrics.";

/// A name in a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) pattern: &'static str,
}

/// What a route does.
pub(super) struct Deed {
    method: HttpMethod,
    filter: MethodFilter,
    path: &'static str,
    scope: Option<Permission>,
    /// Whether nobody needs a token for it.
    is_open: bool,
    /// Longest body, bytes, where that is not the usual one.
    most: Option<usize>,
    operation: OperationBuilder,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Deed {
    /// Something that is read. `path` begins after [`BASE`]; `id` is another for each deed.
    pub(super) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new((HttpMethod::Get, MethodFilter::GET), path, id, summary)
    }

    /// Something that is done, or made.
    pub(super) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new((HttpMethod::Post, MethodFilter::POST), path, id, summary)
    }

    /// Something that is changed in part.
    pub(super) fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new((HttpMethod::Patch, MethodFilter::PATCH), path, id, summary)
    }

    /// Something that is written anew as a whole.
    pub(super) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new((HttpMethod::Put, MethodFilter::PUT), path, id, summary)
    }

    /// Something that is ended.
    pub(super) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self::new((HttpMethod::Delete, MethodFilter::DELETE), path, id, summary)
    }

    fn new(
        (method, filter): (HttpMethod, MethodFilter),
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        Self::bare((method, filter), path, id, summary)
            .refuses(Kind::Unauthorized)
            .refuses(Kind::TooMany)
            .refuses(Kind::Unavailable)
    }

    /// Something that is read without a token: the same for everybody, and made before anybody asks.
    pub(super) fn open(path: &'static str, id: &'static str, summary: &'static str) -> Self {
        let deed = Self::bare((HttpMethod::Get, MethodFilter::GET), path, id, summary);
        Self {
            is_open: true,
            ..deed
        }
    }

    fn bare(
        (method, filter): (HttpMethod, MethodFilter),
        path: &'static str,
        id: &'static str,
        summary: &'static str,
    ) -> Self {
        let topic = path.split('/').nth(1).unwrap_or_default();
        let operation = OperationBuilder::new()
            .operation_id(Some(id))
            .summary(Some(summary))
            .tag(topic);
        Self {
            method,
            filter,
            path,
            scope: None,
            is_open: false,
            most: None,
            operation,
            schemas: Vec::new(),
        }
    }

    /// Which scope it needs; without one, any token will do.
    pub(super) fn needs(mut self, scope: Permission) -> Self {
        self.scope = Some(scope);
        self.refuses(Kind::Forbidden)
    }

    /// More about it.
    pub(super) fn about(mut self, text: &'static str) -> Self {
        self.operation = self.operation.description(Some(text));
        self
    }

    /// A name in its path.
    pub(super) fn of(mut self, segment: Segment) -> Self {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(segment.pattern));
        let parameter = ParameterBuilder::new()
            .name(segment.name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(segment.about))
            .schema(Some(schema));
        self.operation = self.operation.parameter(parameter);
        self.refuses(Kind::NotFound)
    }

    /// Parameters after the question mark.
    pub(super) fn asked<T: IntoParams>(mut self) -> Self {
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            self.operation = self.operation.parameter(parameter);
        }
        self.refuses(Kind::Invalid)
    }

    /// A body.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        let content = ContentBuilder::new().schema(Some(self.schema_of::<T>())).build();
        let body = RequestBodyBuilder::new()
            .content("application/json", content)
            .required(Some(Required::True))
            .build();
        self.operation = self.operation.request_body(Some(body));
        [Kind::Malformed, Kind::TooLarge, Kind::NotJson, Kind::Invalid]
            .into_iter()
            .fold(self, Self::refuses)
    }

    /// With a longer body than usual, bytes.
    pub(super) fn up_to(self, most: usize) -> Self {
        Self {
            most: Some(most),
            ..self
        }
    }

    /// A file that is answered.
    pub(super) fn answers_file(mut self, about: &'static str) -> Self {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new().description(about).content(FILE, content);
        self.operation = self.operation.response(StatusCode::OK.as_str(), response);
        self
    }

    /// What is answered when it is done.
    pub(super) fn answers<T: ToSchema>(mut self, status: StatusCode, about: &'static str) -> Self {
        let schema = self.schema_of::<T>();
        self.answers_with(status, about, schema.into())
    }

    /// A list that is answered.
    pub(super) fn answers_list<T: ToSchema>(mut self, about: &'static str) -> Self {
        let schema = ArrayBuilder::new().items(self.schema_of::<T>()).build();
        self.answers_with(StatusCode::OK, about, Schema::Array(schema).into())
    }

    fn answers_with(mut self, status: StatusCode, about: &'static str, schema: RefOr<Schema>) -> Self {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ResponseBuilder::new()
            .description(about)
            .content("application/json", content);
        self.operation = self.operation.response(status.as_str(), response);
        self
    }

    /// Done, and nothing to say.
    pub(super) fn answers_nothing(mut self, about: &'static str) -> Self {
        let response = ResponseBuilder::new().description(about);
        self.operation = self.operation.response(StatusCode::NO_CONTENT.as_str(), response);
        self
    }

    /// Asked for again by a new connection, where this one was there before the settings in force.
    pub(super) fn wants_a_new_connection(mut self) -> Self {
        let about = "The same again, by a new connection: this one was there before the settings in force.";
        let place = ObjectBuilder::new().schema_type(Type::String);
        let place = HeaderBuilder::new()
            .schema(Some(place))
            .description(Some("Where to ask."))
            .build();
        let response = ResponseBuilder::new()
            .description(about)
            .header("Location", place);
        let status = StatusCode::TEMPORARY_REDIRECT;
        self.operation = self.operation.response(status.as_str(), response);
        self
    }

    /// A problem that there may be.
    pub(super) fn refuses(mut self, kind: Kind) -> Self {
        let response = Ref::from_response_name(kind.name());
        self.operation = self.operation.response(kind.status().as_str(), response);
        self
    }

    fn schema_of<T: ToSchema>(&mut self) -> Ref {
        let name = T::name();
        self.schemas.push((name.clone().into_owned(), T::schema()));
        T::schemas(&mut self.schemas);
        Ref::from_schema_name(name)
    }
}

/// See the module.
pub(super) struct Routes {
    room: Room,
    router: Router<Room>,
    paths: PathsBuilder,
    components: ComponentsBuilder,
}

impl Routes {
    pub(super) fn new(room: &Room) -> Self {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("portico_ and 64 hexadecimal digits")
            .description(Some(format!("Scopes: {}.", scope_names().join(", "))));
        let problems = Kind::ALL
            .into_iter()
            .map(|kind| (kind.name(), problem_response(kind)));
        let components = ComponentsBuilder::new()
            .security_scheme(TOKEN, SecurityScheme::Http(scheme.build()))
            .schema_from::<Written>()
            .schema_from::<Mistake>()
            .responses_from_iter(problems);
        Self {
            room: room.clone(),
            router: Router::new(),
            paths: PathsBuilder::new(),
            components,
        }
    }

    /// A deed, and who does it.
    pub(super) fn add<H, T>(mut self, deed: Deed, handler: H) -> Self
    where
        H: Handler<T, Room>,
        T: 'static,
    {
        let mut method = on(deed.filter, handler);
        if let Some(most) = deed.most {
            method = method.layer(DefaultBodyLimit::max(most));
        }
        let operation = if deed.is_open {
            deed.operation.securities(Some([]))
        } else {
            let door = Door {
                room: self.room.clone(),
                scope: deed.scope,
            };
            method = method.route_layer(from_fn_with_state(door, admit));
            let scopes: Vec<&str> = deed.scope.map(Permission::code).into_iter().collect();
            deed.operation.security(SecurityRequirement::new(TOKEN, scopes))
        };
        self.router = self.router.route(deed.path, method);
        let item = PathItem::new(deed.method, operation);
        self.paths = self.paths.path(format!("{BASE}{}", deed.path), item);
        for (name, schema) in deed.schemas {
            self.components = self.components.schema(name, schema);
        }
        self
    }

    /// The router of what is below [`BASE`], and what describes it. It answers too what is at no path, and what
    /// a path does not do.
    pub(super) fn finish(self) -> (Router<Room>, OpenApi) {
        let mut info = Info::new("Portico", env!("CARGO_PKG_VERSION"));
        info.description = Some(ABOUT.to_owned());
        let document = OpenApiBuilder::new()
            .info(info)
            .paths(self.paths)
            .components(Some(self.components.build()))
            .build();
        let router = self.router.method_not_allowed_fallback(wrong_method);
        (router.fallback(missing), document)
    }
}

fn problem_response(kind: Kind) -> utoipa::openapi::Response {
    let schema = Ref::from_schema_name(<Written as ToSchema>::name());
    let example = serde_json::to_value(Written::of(kind)).unwrap_or_default();
    let content = ContentBuilder::new().schema(Some(schema)).example(Some(example));
    let response = ResponseBuilder::new()
        .description(kind.title())
        .content("application/problem+json", content.build());
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let number = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let told = |schema: ObjectBuilder, about: &str| {
        let mut header = Header::new(schema.build());
        header.description = Some(about.to_owned());
        header
    };
    match kind {
        Kind::Unauthorized => response.header(
            "WWW-Authenticate",
            told(text().examples([json!("Bearer")]), "How to come in (RFC 6750)."),
        ),
        Kind::TooMany | Kind::Unavailable => {
            response.header("Retry-After", told(number(), "Seconds to wait at least."))
        }
        Kind::WrongMethod => response.header("Allow", told(text(), "What can be done.")),
        _ => response,
    }
    .build()
}
