//! Tests of the feed readers: every format, and input that means harm.

use jiff::Timestamp;
use proptest::prelude::{any, prop, proptest};

use super::{Entry, read};
use crate::config::{Feed, FeedKind};
use crate::news::{MOST_KEPT, ParseError};

fn feed(kind: FeedKind) -> Feed {
    Feed::new(kind, "https://www.comune.example/feed/", "Comune di Prova")
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn news(text: &str) -> Result<Vec<Entry>, ParseError> {
    read(&feed(FeedKind::News), text.as_bytes(), now())
}

fn rss(items: &str) -> String {
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>")
}

#[test]
fn rss_gives_items_the_newest_first() {
    let text = rss(
        "<item><title>Vecchia</title><guid>1</guid><pubDate>Fri, 20 Nov 2026 09:00:00 +0100</pubDate></item>\
         <item><title>Nuova &amp;amp; bella</title><link>/it/news/2</link><guid>2</guid>\
         <description>&lt;p&gt;Lo sportello &lt;b&gt;chiude&lt;/b&gt;.&lt;/p&gt;</description>\
         <enclosure url=\"https://www.comune.example/2.jpg\" type=\"image/jpeg\" length=\"1\"/>\
         <pubDate>Sat, 21 Nov 2026 09:00:00 +0100</pubDate></item>",
    );
    let entries = news(&text).unwrap();
    let titles: Vec<_> = entries.iter().map(|entry| entry.item.title.as_str()).collect();
    assert_eq!(titles, ["Nuova & bella", "Vecchia"]);
    let item = &entries[0].item;
    assert_eq!(item.link.as_deref(), Some("https://www.comune.example/it/news/2"));
    assert_eq!(item.published, Some("2026-11-21T08:00:00Z".parse().unwrap()));
    assert_eq!(
        (item.summary.as_str(), item.source.as_str()),
        ("Lo sportello chiude.", "Comune di Prova")
    );
    assert_eq!(item.body.len(), 1);
    let picture = entries[0].picture.as_ref().unwrap();
    assert_eq!(picture.url, "https://www.comune.example/2.jpg");
    assert_eq!(news(&text).unwrap(), entries, "names are stable");
}

#[test]
fn atom_json_feed_and_municipium_give_the_same() {
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><id>f</id><title>t</title><entry><id>7</id>\
        <title>Mercato</title><link rel='self' href='https://x.example/'/><link href='https://www.comune.example/7'/>\
        <published>2026-11-20T08:00:00Z</published><summary>Sabato.</summary>\
        <content type='html'>&lt;p&gt;Sabato in piazza.&lt;/p&gt;</content></entry></feed>";
    let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[{"id":7,"title":"Mercato",
        "url":"https://www.comune.example/7","date_published":"2026-11-20T09:00:00+01:00","summary":"Sabato.",
        "content_text":"Sabato in piazza.","attachments":[{}],"tags":null}]}"#;
    let municipium = r#"[{"id":7,"title":"Mercato","url":"https://www.comune.example/7","excerpt":"Sabato.",
        "content":"<p>Sabato in piazza.</p>","published_at":"2026-11-20T09:00:00.000+01:00","featured":true,
        "civil_defence_alerts":[{"color":"x"}]}]"#;
    let expected = news(atom).unwrap();
    assert_eq!(expected.len(), 1);
    assert_eq!(
        expected[0].item.link.as_deref(),
        Some("https://www.comune.example/7")
    );
    assert_eq!(news(json).unwrap(), expected);
    let read_municipium = |text: &str| read(&feed(FeedKind::Municipium), text.as_bytes(), now());
    assert_eq!(read_municipium(municipium).unwrap(), expected);
    assert_eq!(
        read_municipium(&format!("{{\"news\":{municipium}}}")).unwrap(),
        expected
    );
    assert!(read_municipium("{\"error\":\"403\"}").is_err());
}

#[test]
fn other_encodings_are_read() {
    let latin: Vec<u8> = "<?xml version='1.0' encoding='ISO-8859-1'?><rss version='2.0'><channel><item>\
        <title>Viabilit\u{e0}</title></item></channel></rss>"
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let entries = read(&feed(FeedKind::News), &latin, now()).unwrap();
    assert_eq!(entries[0].item.title, "Viabilità");
    let wide = format!(
        "\u{feff}{}",
        rss("<item><title>Viabilità</title></item>")
            .replace(" version=\"1.0\"", " version=\"1.0\" encoding=\"UTF-16\"")
    );
    let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let entries = read(&feed(FeedKind::News), &wide, now()).unwrap();
    assert_eq!(entries[0].item.title, "Viabilità");
}

#[test]
fn only_the_first_entries_are_looked_at_and_the_newest_kept() {
    let dated = |n: usize| format!("<item><title>{n}</title><pubDate>{}</pubDate></item>", date(n));
    let many: String = (0..5_000).map(dated).collect();
    let entries = news(&rss(&many)).unwrap();
    assert_eq!(entries.len(), MOST_KEPT);
    // Of the first two hundred, 199 is the newest.
    assert_eq!(entries[0].item.title, "199");
    let dated = |n: usize| {
        let (hour, minute) = (n / 60 % 24, n % 60);
        format!("{{\"title\":\"{n}\",\"date_published\":\"2026-11-20T{hour:02}:{minute:02}:00Z\"}}")
    };
    let many: Vec<_> = (0..1_000).map(dated).collect();
    let many = many.join(",");
    let many = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{many}]}}");
    let entries = news(&many).unwrap();
    assert_eq!(
        (entries.len(), entries[0].item.title.as_str()),
        (MOST_KEPT, "199")
    );
}

fn date(minute: usize) -> String {
    format!(
        "Fri, 20 Nov 2026 {:02}:{:02}:00 GMT",
        minute / 60 % 24,
        minute % 60
    )
}

#[test]
fn bombs_are_refused() {
    let entities = "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;'>\
        <!ENTITY c '&b;&b;&b;&b;'>]><rss version='2.0'><channel><item><title>&c;</title></item></channel></rss>";
    assert_eq!(news(entities), Err(ParseError::Refused("it defines entities")));
    let deep = rss(&format!("{}{}", "<a>".repeat(100), "</a>".repeat(100)));
    assert_eq!(news(&deep), Err(ParseError::Refused("it is nested too deep")));
    let deep = rss(&"<a>".repeat(300_000));
    assert_eq!(news(&deep), Err(ParseError::Refused("it is nested too deep")));
    let many = rss(&"<a/>".repeat(200_000));
    assert_eq!(news(&many), Err(ParseError::Refused("it has too many elements")));
    assert!(news(&"[".repeat(1 << 20)).is_err());
    assert!(news(&format!("{{\"version\":{}", "[".repeat(1 << 20))).is_err());
}

#[test]
fn what_is_no_feed_is_said_to_be_none() {
    let kind = Err(ParseError::Kind("a feed (RSS, Atom or JSON Feed)"));
    for text in [
        "",
        "  ",
        "<!DOCTYPE html><html><body>404",
        "<HTML>",
        "404 Not Found",
        "<opml version='1.0'></opml>",
        "{\"version\":\"2\",\"items\":[]}",
    ] {
        assert_eq!(news(text), kind, "{text}");
    }
    for text in [
        "<rss version='2.0'><channel><item>",
        "<rss",
        "<rss version='2.0'></channel>",
        "{\"version\":",
    ] {
        assert!(matches!(news(text), Err(ParseError::Malformed(_))), "{text}");
    }
}

#[test]
fn bad_dates_are_unknown_ones() {
    for bad in [
        "yesterday",
        "",
        "Fri, 99 Nov 2026 09:00:00 GMT",
        "Tue, 01 Jan 9999 00:00:00 GMT",
        "2026-11-25T00:00:00Z",
    ] {
        let entries = news(&rss(&format!(
            "<item><title>t</title><pubDate>{bad}</pubDate></item>"
        )))
        .unwrap();
        assert_eq!(entries[0].item.published, None, "{bad}");
    }
}

#[test]
fn an_item_without_title_takes_its_first_words_and_one_without_words_is_none() {
    let entries = news(&rss(
        "<item><description>Solo testo</description></item><item><guid>9</guid></item>\
         <item><title>&lt;script&gt;alert(1)&lt;/script&gt;</title></item>",
    ))
    .unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].item.title, "Solo testo");
}

#[test]
fn the_first_picture_of_the_text_serves_when_the_feed_names_none() {
    let text = rss(
        "<item><title>t</title><description><![CDATA[<img src='/p.gif' width=1 height=1><img src='data:image/png;base64,x'>\
         <p>a<img alt='La piazza' src='/foto.jpg'>]]></description></item>",
    );
    let picture = news(&text).unwrap().remove(0).picture.unwrap();
    assert_eq!(picture.url, "https://www.comune.example/foto.jpg");
    assert_eq!(picture.shows, "La piazza");
}

proptest! {
    #[test]
    fn reading_is_total(bytes in prop::collection::vec(any::<u8>(), 0..300), inside in any::<String>()) {
        let whole = [b"<rss version='2.0'><channel><item><title>".to_vec(), bytes.clone(), b"</title></item></channel></rss>".to_vec()].concat();
        for kind in [FeedKind::News, FeedKind::Municipium] {
            let _ = read(&feed(kind), &bytes, now());
            let _ = read(&feed(kind), &whole, now());
            let _ = read(&feed(kind), rss(&inside).as_bytes(), now());
        }
    }
}
