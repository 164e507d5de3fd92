//! What feeds have brought: the list, hiding a piece, and news that are to be shown first.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::input::{Body, Named};
use super::news::{ITEM, ask};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes};
use crate::accounts::Permission;
use crate::dashboard::room::Room;
use crate::dashboard::{Fed, Piece};
use crate::model::ItemId;
use crate::model::audit::More;

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let edits = Permission::EditPage;
    routes
        .add(
            Deed::get("/feeds/items", "listFeedItems", "News and notices of feeds")
                .needs(edits)
                .answers_list::<ItemTold>("What feeds say now; the comune's own are not among them."),
            list,
        )
        .add(
            Deed::patch(
                "/feeds/items/{item}",
                "changeFeedItem",
                "Hide a piece of a feed, or show it first",
            )
            .about("Both hold as long as the feed has it.")
            .needs(edits)
            .of(ITEM)
            .takes::<ItemWish>()
            .refuses(Kind::Conflict)
            .answers::<ItemTold>(StatusCode::OK, "As it is shown now."),
            change,
        )
}

/// Something that a feed sends.
#[derive(Serialize, ToSchema)]
#[schema(as = FeedItem)]
struct ItemTold {
    /// Its name.
    id: String,
    /// Which it is.
    piece: PieceName,
    /// Title of news, text of a notice.
    line: String,
    /// Who says so; empty where it is hidden.
    source: String,
    /// Whether it is shown before others.
    pinned: bool,
    /// Whether it is not shown.
    hidden: bool,
}

/// What a piece is.
#[derive(Serialize, ToSchema)]
#[schema(as = Piece)]
#[serde(rename_all = "lowercase")]
enum PieceName {
    /// A piece of news.
    News,
    /// An urgent notice.
    Notice,
}

/// How a feed's piece is to be shown; what is not said stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = FeedItemWish)]
#[serde(deny_unknown_fields)]
struct ItemWish {
    /// Whether it is not to be shown.
    hidden: Option<bool>,
    /// Whether it is to be shown before others; news alone.
    pinned: Option<bool>,
}

impl From<Fed> for ItemTold {
    fn from(fed: Fed) -> Self {
        Self {
            id: fed.id.as_str().to_owned(),
            piece: match fed.piece {
                Piece::News => PieceName::News,
                Piece::Notice => PieceName::Notice,
            },
            line: fed.line,
            source: fed.source,
            pinned: fed.pinned,
            hidden: fed.hidden,
        }
    }
}

async fn list(_call: Call, State(room): State<Room>) -> Result<Json<Vec<ItemTold>>, Problem> {
    let fed = ask(&room, |page| page.fed()).await?;
    Ok(Json(fed.into_iter().map(ItemTold::from).collect()))
}

async fn change(
    call: Call,
    State(room): State<Room>,
    Named(id): Named<ItemId>,
    Body(wish): Body<ItemWish>,
) -> Result<Json<ItemTold>, Problem> {
    let before = one(&room, &id).await?;
    let piece = before.piece;
    if wish.pinned.is_some() && piece == Piece::Notice {
        return Err(Problem::field(
            "pinned",
            "Notices have an order of their own.".to_owned(),
        ));
    }
    if let Some(hidden) = wish.hidden.filter(|hidden| *hidden != before.hidden) {
        let wanted = id.clone();
        ask(&room, move |page| {
            if hidden {
                page.withdraw(piece, &wanted)
            } else {
                page.restore(&wanted)
            }
        })
        .await?;
        let did = match (piece, hidden) {
            (Piece::News, true) => "news-withdraw",
            (Piece::Notice, true) => "notice-withdraw",
            (Piece::News, false) => "news-restore",
            (Piece::Notice, false) => "notice-restore",
        };
        call.note(did, id.as_str(), More::new()).await;
    }
    if let Some(pinned) = wish.pinned.filter(|pinned| *pinned != before.pinned) {
        let wanted = id.clone();
        ask(&room, move |page| page.pin(&wanted, pinned)).await?;
        let did = if pinned { "news-pin" } else { "news-unpin" };
        call.note(did, id.as_str(), More::new()).await;
    }
    one(&room, &id).await.map(|fed| Json(fed.into()))
}

async fn one(room: &Room, id: &ItemId) -> Result<Fed, Problem> {
    let fed = ask(room, |page| page.fed()).await?.into_iter();
    let mut is_it = fed.filter(|fed| fed.id == *id);
    is_it.next().ok_or_else(|| Problem::new(Kind::NotFound))
}
