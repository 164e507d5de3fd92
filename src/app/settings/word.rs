//! `portico settings`: the word about a change that waits, for whoever has the gateway's console alone, as where the
//! dashboard has moved to another port or name.

use serde_json::{Value, json};

use super::FileKeeper;
use crate::app::control::SettingsWish;
use crate::dashboard::{By, Keeper as _, Refused};

/// Tells of the change that waits, or does what is wished with it.
///
/// # Errors
/// Nothing waits, or what was refused.
pub async fn say(keeper: &FileKeeper, wish: SettingsWish, by: By) -> Result<Value, String> {
    let waiting = keeper.waiting().await;
    let told = waiting.as_ref().map(
        |waiting| json!({ "who": waiting.who, "until": waiting.until.to_string(), "places": waiting.places }),
    );
    let id = match (wish, waiting) {
        (SettingsWish::Status, _) => return Ok(json!(told)),
        (_, None) => return Err("no changed settings wait for a word".to_owned()),
        (_, Some(waiting)) => waiting.id,
    };
    let done = match wish {
        SettingsWish::Confirm => keeper.confirm(id, by).await,
        _ => keeper.undo(id, by).await,
    };
    done.map(|()| json!(told)).map_err(|refused| match refused {
        Refused::NotYet(why) => {
            format!("the former settings are in the file, but not in force yet, and are tried again: {why}")
        }
        Refused::File(why) | Refused::Wrong(why) | Refused::Undone(why) => why,
        Refused::Over | Refused::Busy | Refused::Elsewhere => "that change does not wait any more".to_owned(),
    })
}
