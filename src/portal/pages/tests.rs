use super::{base64, samples};
use crate::portal::lang::Lang;

#[test]
fn every_view_renders_in_every_language() {
    for lang in Lang::ALL {
        let pages = samples::rendered(*lang);
        assert!(pages.len() >= 23);
        for (name, html) in pages {
            assert!(!html.contains('⟦'), "{name}: a message is missing in {html}");
            let root = format!("<html lang=\"{}\" dir=\"", lang.code());
            assert!(html.contains(&root), "{name}");
            assert!(!html.contains("II <\""), "{name}: the place is not escaped");
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert_eq!(html.matches("<main").count(), 1, "{name}");
            assert!(html.contains("id=\"wifi4eubanner\""), "{name}");
            assert!(html.len() < 60_000, "{name} is too large for a mini-browser");
            for banned in [
                "<form method=\"get\"",
                "style=\"",
                "onclick",
                "target=",
                "href=\"http://",
            ] {
                assert!(!html.contains(banned), "{name} has {banned}");
            }
        }
    }
}

#[test]
fn a_language_written_from_right_to_left_is_marked_and_isolates_names() {
    for (name, html) in samples::rendered(Lang::Ar) {
        assert!(html.contains("<html lang=\"ar\" dir=\"rtl\""), "{name}");
        let quoted = html.split('"').skip(1).step_by(2);
        for attribute in quoted {
            assert!(
                !attribute.contains(['\u{2068}', '\u{2069}']),
                "{name}: {attribute:?}"
            );
        }
    }
    let all: String = samples::rendered(Lang::Ar)
        .into_iter()
        .map(|(_, html)| html)
        .collect();
    assert!(all.contains('\u{2068}'), "no name or number is isolated");
    assert!(all.contains("wifi4euLanguage = 'en'") && !all.contains("wifi4euLanguage = 'ar'"));
    let german: String = samples::rendered(Lang::De)
        .into_iter()
        .map(|(_, html)| html)
        .collect();
    assert!(german.contains("<html lang=\"de\" dir=\"ltr\"") && !german.contains('\u{2068}'));
}

#[test]
fn only_the_login_page_has_a_script_and_only_the_commissions() {
    for (name, html) in samples::rendered(Lang::En) {
        let scripts = html.matches("<script").count();
        let has = ["login (en)", "login-quiet (en)", "login-selftest (en)"].contains(&name.as_str());
        assert_eq!(scripts, if has { 2 } else { 0 }, "{name}");
    }
}

#[test]
fn base64_is_the_standards() {
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
}
