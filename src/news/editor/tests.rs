//! The file in a directory of its own: what is written is read again, whole, by whoever may.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::sync::Arc;

use jiff::Timestamp;
use tempfile::TempDir;

use super::{Editor, EditorError, Wish, file, parse, read, read_book};
use crate::model::{NoticeColor, Picture, Scope};
use crate::news::picture;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn wish(line: &str) -> Wish {
    Wish {
        line: line.to_owned(),
        link: Some("https://www.comune.example.it/".to_owned()),
        lang: "it".to_owned(),
        from: None,
        until: None,
        scope: Scope::All,
        source: "Comune".to_owned(),
    }
}

fn small_picture() -> Picture {
    let picture = image::RgbImage::from_pixel(320, 180, image::Rgb([200, 30, 30]));
    let mut bytes = Vec::new();
    let mut cursor = std::io::Cursor::new(&mut bytes);
    picture.write_to(&mut cursor, image::ImageFormat::Png).unwrap();
    picture::shrink(&bytes).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    let state = TempDir::new().unwrap();
    assert_eq!(read(&file(state.path())).unwrap(), super::Local::default());
    let mut editor = Editor::open(state.path()).unwrap();
    let picture = small_picture();
    let with = editor
        .book
        .add_item(wish("Mercato"), "Sabato.", Some("Banchi".to_owned()), true, now())
        .unwrap();
    editor.set_picture(with.clone(), picture.clone());
    let without = editor
        .book
        .add_item(wish("Biblioteca"), "", None, false, now())
        .unwrap();
    editor
        .book
        .add_notice(wish("Ghiaccio"), NoticeColor::Orange, now())
        .unwrap();
    editor.book.pin("00112233445566ff", true).unwrap();
    editor.save().unwrap();

    let local = read(&file(state.path())).unwrap();
    assert_eq!(local.items.len(), 2);
    assert_eq!(local.items[0].title, "Mercato");
    assert_eq!(local.notices[0].color, NoticeColor::Orange);
    assert_eq!(local.pinned.len(), 1);
    assert_eq!(local.pictures.len(), 1);
    assert_eq!(local.pictures.get(&with), Some(&Arc::new(picture)));

    let mut editor = Editor::open(state.path()).unwrap();
    editor.book.remove_item(with.as_str()).unwrap();
    editor.save().unwrap();
    let local = read(&file(state.path())).unwrap();
    assert_eq!((local.items.len(), local.pictures.len()), (1, 0));
    assert_eq!(local.items[0].id, without);
    let names: Vec<_> = fs::read_dir(state.path().join("news"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        !names
            .iter()
            .any(|name| name.contains("jpg") || name.contains("draft")),
        "{names:?}"
    );
}

#[test]
fn the_file_belongs_to_the_service_and_not_to_everybody() {
    let state = TempDir::new().unwrap();
    // Tests run as root: the service is somebody else.
    let service = 65_534;
    std::os::unix::fs::chown(state.path(), Some(service), Some(service)).unwrap();
    let mut editor = Editor::open(state.path()).unwrap();
    editor
        .book
        .add_notice(wish("a"), NoticeColor::Red, now())
        .unwrap();
    editor.save().unwrap();
    for (path, mode) in [
        (state.path().join("news"), 0o700),
        (file(state.path()), 0o660),
        (state.path().join("news/local.lock"), 0o600),
    ] {
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.uid(), metadata.gid()), (service, service), "{path:?}");
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{path:?}");
    }
}

#[test]
fn one_writes_at_a_time_and_none_loses_what_it_wrote() {
    let state = TempDir::new().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let state = state.path();
            scope.spawn(move || {
                let mut editor = Editor::open(state).unwrap();
                editor
                    .book
                    .add_item(wish(&number.to_string()), "", None, false, now())
                    .unwrap();
                editor.save().unwrap();
            });
        }
    });
    assert_eq!(read(&file(state.path())).unwrap().items.len(), 8);
}

#[test]
fn root_is_not_led_elsewhere_by_links_of_the_service() {
    let state = TempDir::new().unwrap();
    let elsewhere = TempDir::new().unwrap();
    let secret = elsewhere.path().join("secret");
    fs::write(&secret, "{\"version\":1}").unwrap();
    // The file itself, the lock, and the directory.
    fs::create_dir(state.path().join("news")).unwrap();
    symlink(&secret, file(state.path())).unwrap();
    assert!(matches!(read(&file(state.path())), Err(EditorError::File { .. })));
    assert!(read_book(state.path()).is_err());
    fs::remove_file(file(state.path())).unwrap();
    symlink(&secret, state.path().join("news/local.lock")).unwrap();
    assert!(Editor::open(state.path()).is_err());
    fs::remove_dir_all(state.path().join("news")).unwrap();
    symlink(elsewhere.path(), state.path().join("news")).unwrap();
    assert!(Editor::open(state.path()).is_err());
    assert_eq!(fs::read_to_string(&secret).unwrap(), "{\"version\":1}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

#[test]
fn a_damaged_file_is_an_error_and_stays_as_it_is() {
    let state = TempDir::new().unwrap();
    fs::create_dir(state.path().join("news")).unwrap();
    for (text, says) in [
        ("", "EOF"),
        ("{\"version\":2,\"screens\":[]}", "another version"),
        ("{\"version\":1,\"itms\":[]}", "unknown field"),
        ("{\"version\":1,\"items\":7}", "invalid type"),
    ] {
        fs::write(file(state.path()), text).unwrap();
        let error = read(&file(state.path())).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("local.json"), "{error}");
        assert!(Editor::open(state.path()).is_err());
        assert_eq!(fs::read_to_string(file(state.path())).unwrap(), text);
    }
    let huge = fs::File::create(file(state.path())).unwrap();
    huge.set_len(1 << 40).unwrap();
    assert!(read(&file(state.path())).is_err());
}

#[test]
fn more_than_there_can_be_is_refused() {
    let item = serde_json::json!({"id": "00112233445566ff", "title": "a", "lang": "it",
        "published": "2026-11-22T12:00:00Z", "source": "Comune"});
    let book = |count: usize| {
        let book = serde_json::json!({"version": 1, "items": vec![item.clone(); count]});
        parse(book.to_string().as_bytes()).map(|book| book.items.len())
    };
    assert_eq!(book(100), Ok(100));
    assert!(book(101).is_err());
}

#[test]
fn a_picture_that_is_missing_or_foreign_is_left_out() {
    let state = TempDir::new().unwrap();
    let mut editor = Editor::open(state.path()).unwrap();
    let id = editor
        .book
        .add_item(wish("a"), "", Some(String::new()), false, now())
        .unwrap();
    editor.set_picture(id.clone(), small_picture());
    editor.save().unwrap();
    let kept = state.path().join(format!("news/local-{}.jpg", id.as_str()));
    assert_eq!(read(&file(state.path())).unwrap().pictures.len(), 1);
    fs::write(&kept, "<svg/>").unwrap();
    let local = read(&file(state.path())).unwrap();
    assert_eq!((local.pictures.len(), local.items[0].picture.as_ref()), (0, None));
    fs::remove_file(&kept).unwrap();
    assert_eq!(read(&file(state.path())).unwrap().items.len(), 1);
}
