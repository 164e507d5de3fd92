//! Tests of the sanitiser: what survives, and that nothing else does.

use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};
use url::Url;

use super::{MOST_BODY, blocks, line, link, paragraphs, plain, words};
use crate::model::{Block, Inline};

fn text(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn paragraph(words: &str) -> Block {
    Block::Paragraph(vec![text(words)])
}

#[test]
fn a_line_is_one_line_and_cut_at_a_word() {
    assert_eq!(
        line("  Strada\r\n\tchiusa\u{2028}oggi ", 40),
        "Strada chiusa oggi"
    );
    assert_eq!(line("gpj.\u{202e}exe\u{0}\u{200b}", 40), "gpj.exe");
    assert_eq!(line("Allerta per vento forte", 20), "Allerta per vento…");
    assert_eq!(line("Allerta per vento", 17), "Allerta per vento");
    assert_eq!(line(&"a".repeat(30), 10), format!("{}…", "a".repeat(9)));
    assert_eq!(line("abc", 0), "…");
}

#[test]
fn marks_paragraphs_headings_and_lists_survive() {
    let html = "<h2>Orari &amp; sedi</h2><p>Lo <b>sportello</b> è <em>chiuso</em>.<br>Vedi <a \
                href='/orari'>gli orari</a></p><ul><li>Lunedì<ul><li>mattina</li></ul><li><p>Martedì</p></ul>Fine";
    let base = Url::parse("https://www.comune.example/it/news/1").unwrap();
    let expected = [
        Block::Heading("Orari & sedi".to_owned()),
        Block::Paragraph(vec![
            text("Lo "),
            Inline::Strong("sportello".to_owned()),
            text(" è "),
            Inline::Emphasis("chiuso".to_owned()),
            text("."),
        ]),
        Block::Paragraph(vec![
            text("Vedi "),
            Inline::Link {
                href: "https://www.comune.example/orari".to_owned(),
                text: "gli orari".to_owned(),
            },
        ]),
        Block::List(vec![
            vec![text("Lunedì")],
            vec![text("mattina")],
            vec![text("Martedì")],
        ]),
        paragraph("Fine"),
    ];
    assert_eq!(blocks(html, Some(&base)), expected);
}

#[test]
fn what_acts_vanishes_with_all_that_is_in_it() {
    for html in [
        "<script>alert(1)</script>",
        "<SCRIPT\n>alert('</p>')</SCRIPT >",
        "<style>p{background:url(//evil.example)}</style>",
        "<iframe src='https://evil.example'><p>alert</p></iframe>",
        "<form action='//evil.example'><input value=alert><button>alert</button><p>alert</form>",
        "<svg><script>alert(1)</script><text>alert</text></svg>",
        "<object><object></object>alert</object>",
        "<math><mi>alert</mi></math>",
        "<template><b>alert</b></template>",
        "<noscript><p>alert</p></noscript>",
        "<!-- <p>alert --><!--[if IE]>alert<![endif]-->",
        "<img src=x onerror=alert(1)>",
        "<textarea><p>alert</textarea>",
        "<title>alert</title>",
    ] {
        let html = format!("<p>prima{html}<p>dopo");
        assert_eq!(
            blocks(&html, None),
            [paragraph("prima"), paragraph("dopo")],
            "{html}"
        );
    }
}

#[test]
fn only_links_to_the_web_stay() {
    let base = Url::parse("https://www.comune.example/news/").unwrap();
    let absolute = |href| link(href, Some(&base));
    assert_eq!(
        absolute("1"),
        Some("https://www.comune.example/news/1".to_owned())
    );
    assert_eq!(absolute("//b.example/x"), Some("https://b.example/x".to_owned()));
    assert_eq!(
        absolute(" http://b.example/\"> "),
        Some("http://b.example/%22%3E".to_owned())
    );
    for bad in [
        "javascript:alert(1)",
        "javascript://a.example/%0aalert(1)",
        "ftp://a.example/",
        "JaVa\tScript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "mailto:a@b.example",
        "tel:112",
        "file:///etc/passwd",
        "https://www.comune.example@evil.example/",
        "https://",
    ] {
        assert_eq!(absolute(bad), None, "{bad}");
    }
    assert_eq!(link("news/1", None), None);
    assert_eq!(absolute(&"a".repeat(3_000)), None);
    let refused = "<a href='javascript:alert(1)' onclick='alert(1)'>qui</a>";
    assert_eq!(blocks(refused, None), [paragraph("qui")]);
}

#[test]
fn a_link_that_is_not_closed_ends_with_its_paragraph() {
    let all = blocks("<p><a href='https://a.example/'>qui<p>altro", None);
    assert_eq!(all.last(), Some(&paragraph("altro")));
}

#[test]
fn entities_are_decoded_once_and_control_characters_vanish() {
    assert_eq!(
        plain("perch&eacute; &lt;b&gt; &#x202E;no&#0;", 50),
        "perché <b> no\u{fffd}"
    );
    assert_eq!(plain("&amp;lt;script&amp;gt;", 50), "&lt;script&gt;");
}

#[test]
fn text_is_cut_however_long_it_is() {
    let long = "<p>parola</p>".repeat(100_000);
    let total = words(&blocks(&long, None)).chars().count();
    assert!(total <= MOST_BODY * 2, "{total}");
    assert_eq!(plain(&long, 20), "parola parola…");
    assert!(words(&paragraphs(&"a b c\n".repeat(100_000))).chars().count() <= MOST_BODY * 2);
}

/// Pieces of markup, whole and broken.
fn markup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<p>".to_owned()),
        Just("</p>".to_owned()),
        Just("<ul><li>".to_owned()),
        Just("</ul>".to_owned()),
        Just("<b>".to_owned()),
        Just("</b>".to_owned()),
        Just("<h3>".to_owned()),
        Just("<script>".to_owned()),
        Just("</script>".to_owned()),
        Just("<a href=\"javascript:x\">".to_owned()),
        Just("<a href=' https://a.example/\u{202e}'>".to_owned()),
        Just("</a>".to_owned()),
        Just("<form ".to_owned()),
        Just("<!--".to_owned()),
        Just("&#x202e;".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Panics unless a text is fit for a page.
fn check(text: &str) {
    assert!(!text.is_empty());
    assert!(
        !text
            .chars()
            .any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)),
        "{text:?}"
    );
}

fn check_run(run: &[Inline]) {
    assert!(!run.is_empty());
    for inline in run {
        match inline {
            Inline::Text(text) | Inline::Strong(text) | Inline::Emphasis(text) => check(text),
            Inline::Link { href, text } => {
                check(text);
                assert!(
                    href.starts_with("https://") || href.starts_with("http://"),
                    "{href}"
                );
                assert!(href.is_ascii() && !href.contains(['"', '<', '>', ' ']), "{href}");
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_comes_in_only_harmless_text_goes_out(html in markup()) {
        let base = Url::parse("https://www.comune.example/").unwrap();
        for block in blocks(&html, Some(&base)) {
            match block {
                Block::Heading(text) => check(&text),
                Block::Paragraph(run) => check_run(&run),
                Block::List(entries) => {
                    assert!(!entries.is_empty());
                    for entry in &entries {
                        check_run(entry);
                    }
                }
            }
        }
        let line = plain(&html, 30);
        assert!(line.chars().count() <= 30);
    }
}
