//! Pictures of crests: sent, chosen, shown, and deleted when nothing shows them.

use std::fs;

use portico::model::Role;

use crate::Answer;
use crate::parts::{LOOK, hidden, house_of, keep, send, text};
use crate::people::proof;

/// A drawing that is a crest.
const CREST: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 48 64\"><path d=\"M0 0h48v64z\"/></svg>";

#[tokio::test]
async fn a_crest_is_sent_chosen_and_shown() {
    let house = house_of("").await;
    let mut edo = house.browser_of("edo").await;
    let answer = edo
        .upload(LOOK, "/page/crest", "picture", ("Stemma.svg", CREST))
        .await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some(LOOK)),
        "{}",
        answer.body
    );
    let form = edo.get(LOOK).await;
    let name = form
        .body
        .split("value=\"crests/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert!(
        name.starts_with("stemma-") && name.rsplit('.').next() == Some("svg"),
        "{name}"
    );
    let picture = edo.get(&format!("/page/crest/{name}")).await;
    assert_eq!((picture.status, picture.body.as_str()), (200, CREST));
    assert!(
        picture
            .header("content-security-policy")
            .unwrap()
            .ends_with("sandbox")
    );
    let path = format!("crests/{name}");
    let fields = [("network.0.look.crest", path.as_str())];
    let preview = send(&mut edo, LOOK, "/preview", &fields).await;
    assert!(
        preview.body.contains("src=\"data:image/svg+xml;base64,"),
        "{}",
        preview.body
    );
    keep(&mut edo, LOOK, &fields).await;
    assert!(text(&house).contains(&format!("crest = \"{path}\"")));
    keep(&mut edo, LOOK, &[("network.0.look.crest", "")]).await;
    assert!(!text(&house).contains("crest = "));
    let noted = house.noted();
    assert!(noted.contains(&format!("user edo crest-add {name}")), "{noted:?}");

    let wrong = edo
        .upload(LOOK, "/page/crest", "picture", ("x.svg", "<html>"))
        .await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.body.contains("id=\"picture-wrong\"") && wrong.body.contains("This is no picture"),
        "{}",
        wrong.body
    );
    let large = format!("{CREST}{}", " ".repeat(64 << 10));
    let large = edo
        .upload(LOOK, "/page/crest", "picture", ("x.svg", &large))
        .await;
    assert!(
        large.status == 422 && large.body.contains("larger than 64 KiB"),
        "{}",
        large.body
    );
    let other = edo
        .elsewhere(Some("cross-site"))
        .upload(LOOK, "/page/crest", "picture", ("y.svg", CREST))
        .await;
    assert_eq!(other.status, 403);
    assert_eq!(
        fs::read_dir(house.folder.path().join("crests")).unwrap().count(),
        1
    );
}

#[tokio::test]
async fn a_crest_that_nothing_shows_is_deleted() {
    const REMOVE: &str = "/page/crest/remove";
    let house = house_of("").await;
    let mut edo = house.browser_of("edo").await;
    for (name, drawing) in [
        ("Stemma.svg", CREST.to_owned()),
        ("Altro.svg", CREST.replace("48v64", "48v60")),
    ] {
        let sent = edo.upload(LOOK, "/page/crest", "picture", (name, &drawing)).await;
        assert_eq!(sent.status, 303, "{}", sent.body);
    }
    let folder = house.folder.path().join("crests");
    let names = || {
        let files = fs::read_dir(&folder).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let [other, shown] = <[String; 2]>::try_from(names()).unwrap();
    let listed = |page: &Answer, name: &str| page.body.contains(&format!("name=\"name\" value=\"{name}\""));
    let form = edo.get(LOOK).await;
    assert!(listed(&form, &shown) && listed(&form, &other), "{}", form.body);

    let chosen = format!("crests/{shown}");
    let fields = [("network.0.look.crest", chosen.as_str())];
    let applied = send(&mut edo, LOOK, "/apply", &fields).await;
    assert_eq!(applied.status, 303, "{}", applied.body);
    let early = edo.fill(LOOK, REMOVE, &[("name", &other)]).await;
    assert!(
        early.status == 422 && early.body.contains("waits for its word"),
        "{}",
        early.body
    );
    let waiting = edo.get("/page/waiting").await;
    let (form, id) = (proof(&waiting), hidden(&waiting, "id"));
    edo.post("/page/confirm", &[("form", &form), ("id", &id)]).await;

    let form = edo.get(LOOK).await;
    assert!(!listed(&form, &shown) && listed(&form, &other), "{}", form.body);
    let used = edo.fill(LOOK, REMOVE, &[("name", &shown)]).await;
    assert!(
        used.status == 422 && used.body.contains("A page shows this crest"),
        "{}",
        used.body
    );
    for name in ["../portico.toml", "..", "", "/etc/hostname", "x.png"] {
        let sent = edo.fill(LOOK, REMOVE, &[("name", name)]).await;
        assert!(
            sent.status == 422 && sent.body.contains("no such picture"),
            "{name}: {}",
            sent.body
        );
    }
    assert_eq!(names().len(), 2);
    assert!(house.file.exists());

    house.add("aldo", Role::Auditor, None).await;
    let mut aldo = house.browser_of("aldo").await;
    let own = proof(&aldo.get("/account").await);
    let sent = aldo.post(REMOVE, &[("form", &own), ("name", &other)]).await;
    assert_eq!(sent.status, 403);
    let sent = edo.post(REMOVE, &[("form", "of nobody"), ("name", &other)]).await;
    assert_eq!(sent.status, 403, "another site's form");
    let sent = house
        .browser()
        .post(REMOVE, &[("form", "x"), ("name", &other)])
        .await;
    assert_ne!(sent.status, 200, "nobody");
    assert_eq!(names().len(), 2);

    let gone = edo.fill(LOOK, REMOVE, &[("name", &other)]).await;
    assert_eq!(
        (gone.status, gone.header("location")),
        (303, Some(LOOK)),
        "{}",
        gone.body
    );
    assert_eq!(names(), [shown.as_str()]);
    let form = edo.get(LOOK).await;
    assert!(
        !form.body.contains(REMOVE),
        "nothing is left to delete: {}",
        form.body
    );
    let noted = house.noted();
    let lines: Vec<&String> = noted
        .iter()
        .filter(|line| line.contains("crest-remove"))
        .collect();
    assert_eq!(lines, [&format!("user edo crest-remove {other}")]);
}
