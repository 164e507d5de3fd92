//! News and urgent notices of the comune's own: what is published, more of it, changing it and taking it back.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::input::{Body, Named};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes, Segment};
use crate::accounts::Permission;
use crate::config::Config;
use crate::dashboard::room::Room;
use crate::dashboard::words::Tongue;
use crate::dashboard::{Draft, Objection, PageBook, PageError, Piece};
use crate::model::audit::More;
use crate::model::{ItemId, NetworkId, NoticeColor};

pub(super) const ITEM: Segment = Segment {
    name: "item",
    about: "Its name, as the list tells it.",
    pattern: "^[0-9a-f]{16}$",
};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let edits = Permission::EditPage;
    let routes = routes
        .add(
            Deed::get("/news", "listNews", "News of the comune's own")
                .needs(edits)
                .answers_list::<NewsTold>("The newest first; those of feeds are not among them."),
            list_news,
        )
        .add(
            Deed::post("/news", "addNews", "Publish a piece of news")
                .needs(edits)
                .takes::<NewsWish>()
                .refuses(Kind::Conflict)
                .answers::<NewsTold>(StatusCode::CREATED, "Published."),
            add_news,
        )
        .add(
            Deed::get("/news/{item}", "getNews", "A piece of news of the comune's own")
                .needs(edits)
                .of(ITEM)
                .answers::<NewsTold>(StatusCode::OK, "As it is published."),
            get_news,
        )
        .add(
            Deed::put("/news/{item}", "changeNews", "Publish a piece of news anew")
                .about("What is not said is as it would be for a new one.")
                .needs(edits)
                .of(ITEM)
                .takes::<NewsWish>()
                .refuses(Kind::Conflict)
                .answers::<NewsTold>(StatusCode::OK, "As it is published now."),
            change_news,
        )
        .add(
            Deed::delete("/news/{item}", "removeNews", "Take a piece of news back")
                .needs(edits)
                .of(ITEM)
                .refuses(Kind::Conflict)
                .answers_nothing("Nobody sees it any more."),
            remove_news,
        );
    routes
        .add(
            Deed::get("/notices", "listNotices", "Urgent notices of the comune's own")
                .needs(edits)
                .answers_list::<NoticeTold>("The newest first; alerts of feeds are not among them."),
            list_notices,
        )
        .add(
            Deed::post("/notices", "addNotice", "Publish an urgent notice")
                .needs(edits)
                .takes::<NoticeWish>()
                .refuses(Kind::Conflict)
                .answers::<NoticeTold>(StatusCode::CREATED, "Published."),
            add_notice,
        )
        .add(
            Deed::get(
                "/notices/{item}",
                "getNotice",
                "An urgent notice of the comune's own",
            )
            .needs(edits)
            .of(ITEM)
            .answers::<NoticeTold>(StatusCode::OK, "As it is published."),
            get_notice,
        )
        .add(
            Deed::put("/notices/{item}", "changeNotice", "Publish an urgent notice anew")
                .about("What is not said is as it would be for a new one.")
                .needs(edits)
                .of(ITEM)
                .takes::<NoticeWish>()
                .refuses(Kind::Conflict)
                .answers::<NoticeTold>(StatusCode::OK, "As it is published now."),
            change_notice,
        )
        .add(
            Deed::delete("/notices/{item}", "removeNotice", "Take an urgent notice back")
                .needs(edits)
                .of(ITEM)
                .refuses(Kind::Conflict)
                .answers_nothing("Nobody sees it any more."),
            remove_notice,
        )
}

/// A piece of news.
#[derive(Serialize, ToSchema)]
#[schema(as = News)]
struct NewsTold {
    /// Its name.
    id: String,
    /// Its title.
    title: String,
    /// Its text.
    text: String,
    /// More about it.
    link: Option<String>,
    /// Its language, two letters.
    lang: String,
    /// From when on it is shown.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Until when.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Whether it is shown first.
    pinned: bool,
    /// Where; empty is everywhere.
    networks: Vec<String>,
}

/// An urgent notice.
#[derive(Serialize, ToSchema)]
#[schema(as = Notice)]
struct NoticeTold {
    /// Its name.
    id: String,
    /// What it says.
    text: String,
    /// How urgent it is.
    #[schema(value_type = ColorName)]
    color: NoticeColor,
    /// More about it.
    link: Option<String>,
    /// Its language, two letters.
    lang: String,
    /// From when on it is shown.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// Until when.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Where; empty is everywhere.
    networks: Vec<String>,
}

/// A piece of news as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewsWish {
    /// Its title.
    title: String,
    /// Its text; an empty line begins a paragraph.
    text: String,
    /// More about it, https.
    link: Option<String>,
    /// Its language, two letters; it without.
    lang: Option<String>,
    /// From when on it is shown; at once without.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Whether it is shown first.
    #[serde(default)]
    pinned: bool,
    /// Where; everywhere without.
    networks: Option<Vec<String>>,
}

/// An urgent notice as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoticeWish {
    /// What it says, at most 140 characters.
    text: String,
    /// How urgent it is.
    #[schema(value_type = ColorName)]
    color: NoticeColor,
    /// More about it, https.
    link: Option<String>,
    /// Its language, two letters; it without.
    lang: Option<String>,
    /// From when on it is shown; at once without.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Where; everywhere without.
    networks: Option<Vec<String>>,
}

/// A colour of notices.
#[derive(ToSchema)]
#[schema(as = NoticeColor, rename_all = "lowercase")]
#[expect(dead_code, reason = "only its description is used")]
enum ColorName {
    /// Danger: extreme or severe.
    Red,
    /// Danger: moderate.
    Orange,
    /// Attention.
    Yellow,
    /// All clear, or good news.
    Green,
    /// Information.
    Blue,
    /// Anything else that matters.
    Purple,
}

impl From<&Draft> for NewsTold {
    fn from(draft: &Draft) -> Self {
        Self {
            id: name_of(draft),
            title: draft.line.clone(),
            text: draft.text.clone(),
            link: draft.link.clone(),
            lang: draft.lang.clone(),
            from: draft.from.map(|at| at.to_string()),
            until: draft.until.map(|at| at.to_string()),
            pinned: draft.pinned,
            networks: draft.networks.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<&Draft> for NoticeTold {
    fn from(draft: &Draft) -> Self {
        Self {
            id: name_of(draft),
            text: draft.line.clone(),
            color: draft.color,
            link: draft.link.clone(),
            lang: draft.lang.clone(),
            from: draft.from.map(|at| at.to_string()),
            until: draft.until.map(|at| at.to_string()),
            networks: draft.networks.iter().map(ToString::to_string).collect(),
        }
    }
}

fn name_of(draft: &Draft) -> String {
    let id = draft.id.as_ref();
    id.map(|id| id.as_str().to_owned()).unwrap_or_default()
}

async fn list_news(_call: Call, State(room): State<Room>) -> Result<Json<Vec<NewsTold>>, Problem> {
    let own = own(&room, Piece::News).await?;
    Ok(Json(own.iter().map(NewsTold::from).collect()))
}

async fn list_notices(_call: Call, State(room): State<Room>) -> Result<Json<Vec<NoticeTold>>, Problem> {
    let own = own(&room, Piece::Notice).await?;
    Ok(Json(own.iter().map(NoticeTold::from).collect()))
}

async fn get_news(
    _call: Call,
    State(room): State<Room>,
    Named(id): Named<ItemId>,
) -> Result<Json<NewsTold>, Problem> {
    let draft = one(&room, Piece::News, &id).await?;
    Ok(Json(NewsTold::from(&draft)))
}

async fn get_notice(
    _call: Call,
    State(room): State<Room>,
    Named(id): Named<ItemId>,
) -> Result<Json<NoticeTold>, Problem> {
    let draft = one(&room, Piece::Notice, &id).await?;
    Ok(Json(NoticeTold::from(&draft)))
}

async fn add_news(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<NewsWish>,
) -> Result<(StatusCode, Json<NewsTold>), Problem> {
    let draft = wish.draft(None, &room.config.load_full())?;
    let made = publish(&call, &room, draft, "news-add").await?;
    Ok((StatusCode::CREATED, Json(NewsTold::from(&made))))
}

async fn change_news(
    call: Call,
    State(room): State<Room>,
    Named(id): Named<ItemId>,
    Body(wish): Body<NewsWish>,
) -> Result<Json<NewsTold>, Problem> {
    one(&room, Piece::News, &id).await?;
    let draft = wish.draft(Some(id), &room.config.load_full())?;
    let made = publish(&call, &room, draft, "news-change").await?;
    Ok(Json(NewsTold::from(&made)))
}

async fn add_notice(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<NoticeWish>,
) -> Result<(StatusCode, Json<NoticeTold>), Problem> {
    let draft = wish.draft(None, &room.config.load_full())?;
    let made = publish(&call, &room, draft, "notice-add").await?;
    Ok((StatusCode::CREATED, Json(NoticeTold::from(&made))))
}

async fn change_notice(
    call: Call,
    State(room): State<Room>,
    Named(id): Named<ItemId>,
    Body(wish): Body<NoticeWish>,
) -> Result<Json<NoticeTold>, Problem> {
    one(&room, Piece::Notice, &id).await?;
    let draft = wish.draft(Some(id), &room.config.load_full())?;
    let made = publish(&call, &room, draft, "notice-change").await?;
    Ok(Json(NoticeTold::from(&made)))
}

impl NewsWish {
    /// As the book wants it, in the place of `id` if there is one.
    fn draft(self, id: Option<ItemId>, config: &Config) -> Result<Draft, Problem> {
        Ok(Draft {
            piece: Piece::News,
            id,
            line: self.title,
            text: self.text,
            color: NoticeColor::Blue,
            link: self.link,
            lang: self.lang.unwrap_or_else(usual_lang),
            from: self.from,
            until: self.until,
            pinned: self.pinned,
            networks: networks(self.networks, config)?,
            picture: None,
        })
    }
}

impl NoticeWish {
    /// As the book wants it, in the place of `id` if there is one.
    fn draft(self, id: Option<ItemId>, config: &Config) -> Result<Draft, Problem> {
        Ok(Draft {
            piece: Piece::Notice,
            id,
            line: self.text,
            text: String::new(),
            color: self.color,
            link: self.link,
            lang: self.lang.unwrap_or_else(usual_lang),
            from: self.from,
            until: self.until,
            pinned: false,
            networks: networks(self.networks, config)?,
            picture: None,
        })
    }
}

fn usual_lang() -> String {
    "it".to_owned()
}

fn networks(wanted: Option<Vec<String>>, config: &Config) -> Result<BTreeSet<NetworkId>, Problem> {
    let id = |name: String| {
        let id = name
            .parse::<NetworkId>()
            .ok()
            .filter(|id| config.network(*id).is_some());
        id.ok_or_else(|| Problem::field("networks", format!("There is no network {name:?}.")))
    };
    wanted.unwrap_or_default().into_iter().map(id).collect()
}

/// Publishes a draft and notes it; as it is published.
async fn publish(call: &Call, room: &Room, draft: Draft, did: &'static str) -> Result<Draft, Problem> {
    let (config, now, piece) = (room.config.load_full(), (room.clock)().wall, draft.piece);
    let made = ask_about(room, piece, move |page| {
        let id = page.publish(&config, draft, now)?;
        let own = page.own()?;
        let is_it = |own: &Draft| own.piece == piece && own.id.as_ref() == Some(&id);
        let found = own.into_iter().find(is_it);
        found.ok_or_else(|| PageError::Fault("what was published is gone again".to_owned()))
    });
    let made = made.await?;
    call.note(did, name_of(&made), More::new()).await;
    Ok(made)
}

async fn remove_news(
    call: Call,
    State(room): State<Room>,
    Named(id): Named<ItemId>,
) -> Result<StatusCode, Problem> {
    withdraw(&call, &room, (Piece::News, id), "news-withdraw").await
}

async fn remove_notice(
    call: Call,
    State(room): State<Room>,
    Named(id): Named<ItemId>,
) -> Result<StatusCode, Problem> {
    withdraw(&call, &room, (Piece::Notice, id), "notice-withdraw").await
}

/// Takes one of the comune's own back; those of feeds are for the editor's eyes.
async fn withdraw(
    call: &Call,
    room: &Room,
    (piece, id): (Piece, ItemId),
    did: &'static str,
) -> Result<StatusCode, Problem> {
    let wanted = id.clone();
    let is_gone = ask(room, move |page| {
        let own = page.own()?;
        let is_there = own
            .iter()
            .any(|own| own.piece == piece && own.id.as_ref() == Some(&wanted));
        if is_there {
            page.withdraw(piece, &wanted)?;
        }
        Ok(is_there)
    });
    if !is_gone.await? {
        return Err(Problem::new(Kind::NotFound));
    }
    call.note(did, id.as_str(), More::new()).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn own(room: &Room, piece: Piece) -> Result<Vec<Draft>, Problem> {
    let own = ask(room, |page| page.own()).await?;
    Ok(own.into_iter().filter(|own| own.piece == piece).collect())
}

/// One of the comune's own.
async fn one(room: &Room, piece: Piece, id: &ItemId) -> Result<Draft, Problem> {
    let own = own(room, piece).await?.into_iter();
    let mut is_it = own.filter(|own| own.id.as_ref() == Some(id));
    is_it.next().ok_or_else(|| Problem::new(Kind::NotFound))
}

/// Asks the book, which may have to wait for the disk.
pub(super) async fn ask<T: Send + 'static>(
    room: &Room,
    question: impl FnOnce(&dyn PageBook) -> Result<T, PageError> + Send + 'static,
) -> Result<T, Problem> {
    ask_about(room, Piece::Notice, question).await
}

/// The same about a piece, whose fields have names of their own.
async fn ask_about<T: Send + 'static>(
    room: &Room,
    piece: Piece,
    question: impl FnOnce(&dyn PageBook) -> Result<T, PageError> + Send + 'static,
) -> Result<T, Problem> {
    let page = Arc::clone(&room.page);
    let answer = tokio::task::spawn_blocking(move || question(&*page)).await;
    match answer.map_err(|error| Problem::fault(&error))? {
        Ok(done) => Ok(done),
        Err(PageError::Refused(objection)) => Err(refused(piece, objection)),
        Err(PageError::Fault(error)) => {
            tracing::error!(error, "the editor's file could not be used");
            Err(Problem::unavailable())
        }
    }
}

/// The screens' words for it, and the field as it is called here.
fn refused(piece: Piece, objection: Objection) -> Problem {
    let count = u64::try_from(objection.count).unwrap_or(u64::MAX);
    let words = Tongue::En.count(objection.key, count);
    let field = match (objection.field, objection.key) {
        ("", "page-gone") => return Problem::new(Kind::NotFound),
        ("", _) => return Problem::saying(Kind::Conflict, words),
        ("line", _) if piece == Piece::News => "title",
        ("line", _) => "text",
        ("begin", _) => "from",
        ("end", _) => "until",
        ("network", _) => "networks",
        (other, _) => other,
    };
    Problem::field(field, words)
}
