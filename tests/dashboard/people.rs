//! People who administer, and browsers without a screen.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use portico::accounts::{Accounts, Password, Token, TotpSecret, User};
use portico::app::settings::{self, FileKeeper, InForce, LeftBehind, Parts};
use portico::config::Config;
use portico::dashboard::{Audit, Login, NotNoted, SharedKeeper};
use portico::model::audit::Action;
use portico::model::{Boot, Clock, Now, Role};
use portico::store::users::SqliteUsers;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::{Answer, Office, config_with};

pub(crate) const PASSWORD: &str = "tram zaino nuvola";

/// A dashboard with users, and a clock that is set by hand.
pub(crate) struct House {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) office: Office,
    /// The configuration file that settings are about.
    pub(crate) file: PathBuf,
    /// What takes a changed file.
    pub(crate) helper: Helper,
    pub(crate) audit: Audit,
    noted: Arc<Mutex<Vec<Action>>>,
    /// Whether the audit log cannot be written.
    pub(crate) is_full: Arc<AtomicBool>,
    seconds: Arc<AtomicI64>,
}

/// The text of [`House::file`].
pub(crate) const SETTINGS: &str = "# ours\n[gateway]\nuplink = \"eth0\" # to the Internet\n\n[portal]\n# of the redirect\n\
                                   http_port = 8080\n\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
                                   comune = \"Comune\"\ninterface = \"br-piazza\"\n\
                                   host = \"wifi.comune.example.it\"\n# the end\n";

/// Takes every file as long as nothing is said against it.
#[derive(Clone, Default)]
pub(crate) struct Helper {
    /// Why it does not take the next ones.
    pub(crate) says_no: Arc<Mutex<VecDeque<&'static str>>>,
    /// What somebody writes into the file while it is asked.
    pub(crate) meanwhile: Arc<Mutex<Option<String>>>,
    /// How often it was asked.
    pub(crate) asked: Arc<AtomicUsize>,
}

/// Keeps `portico.toml` of a folder, for as long as [`House::open_for`] says.
pub(crate) fn keeper(folder: &Path, audit: Audit, helper: Helper) -> SharedKeeper {
    keeper_for(folder, audit, helper, settings::PATIENCE)
}

fn keeper_for(folder: &Path, audit: Audit, helper: Helper, patience: Duration) -> SharedKeeper {
    let file = folder.join("portico.toml");
    let in_force = InForce::new(std::fs::read_to_string(&file).unwrap_or_default());
    let parts = helper.parts(file, in_force, audit, patience);
    Arc::new(FileKeeper::new(parts, LeftBehind::Nothing))
}

impl Helper {
    /// What a keeper is built from whose files go to this one; the state is beside the file.
    pub(crate) fn parts(self, file: PathBuf, in_force: InForce, audit: Audit, patience: Duration) -> Parts {
        let (taken, text) = (in_force.clone(), file.clone());
        Parts {
            state_dir: file.parent().unwrap().to_owned(),
            file,
            in_force,
            reload: Arc::new(move || {
                self.asked.fetch_add(1, Ordering::Relaxed);
                let says_no = self.says_no.lock().unwrap().pop_front();
                if let Some(hand) = self.meanwhile.lock().unwrap().take() {
                    std::fs::write(&text, hand).unwrap();
                }
                if says_no.is_none() {
                    taken.set(std::fs::read_to_string(&text).unwrap());
                }
                Box::pin(async move { says_no.map_or(Ok(()), |why| Err(why.to_owned())) })
            }),
            audit,
            clock: Arc::new(portico::app::clock::now),
            patience,
        }
    }
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_with("").await
    }

    /// With these lines in `[[network]]`.
    pub(crate) async fn open_with(network: &str) -> Self {
        Self::open_for(network, settings::PATIENCE).await
    }

    /// The same, with so much time to confirm changed settings.
    pub(crate) async fn open_for(network: &str, patience: Duration) -> Self {
        let of = |folder: &Path| config_with(folder, network, "");
        Self::begin(of, SETTINGS, patience).await
    }

    /// With this text as [`House::file`], in force.
    pub(crate) async fn open_over(text: &str) -> Self {
        Self::begin(|folder| config_with(folder, "", ""), text, settings::PATIENCE).await
    }

    /// With the configuration that is made of its folder.
    pub(crate) async fn open_by(config: impl FnOnce(&Path) -> Config) -> Self {
        Self::begin(config, SETTINGS, settings::PATIENCE).await
    }

    async fn begin(config: impl FnOnce(&Path) -> Config, text: &str, patience: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seconds = Arc::new(AtomicI64::new(0));
        let start = portico::app::clock::wall();
        let passed = Arc::clone(&seconds);
        let clock: Clock = Arc::new(move || {
            let passed = passed.load(Ordering::Relaxed);
            Now {
                boot: Boot(u64::try_from(passed).unwrap() * 1_000 + 1_000),
                wall: start + SignedDuration::from_secs(passed),
            }
        });
        let store = SqliteUsers::open(&Path::new(folder.path()).join("users.db"))
            .await
            .unwrap();
        let accounts = Arc::new(Accounts::new(Box::new(store), Arc::clone(&clock)).unwrap());
        let noted: Arc<Mutex<Vec<Action>>> = Arc::default();
        let writing = Arc::clone(&noted);
        let config = config(folder.path());
        let is_full: Arc<AtomicBool> = Arc::default();
        let full = Arc::clone(&is_full);
        let audit: Audit = Arc::new(move |action: &Action| {
            if full.load(Ordering::Relaxed) {
                return Err(NotNoted);
            }
            writing.lock().unwrap().push(action.clone());
            Ok(())
        });
        let (file, helper) = (folder.path().join("portico.toml"), Helper::default());
        std::fs::write(&file, text).unwrap();
        let keeper = keeper_for(folder.path(), Arc::clone(&audit), helper.clone(), patience);
        let login = Login {
            accounts: Some(Arc::clone(&accounts)),
            audit: Arc::clone(&audit),
        };
        Self {
            office: Office::keeping(config, login, clock, keeper),
            file,
            helper,
            audit,
            folder,
            accounts,
            noted,
            is_full,
            seconds,
        }
    }

    /// Adds a user with [`PASSWORD`].
    pub(crate) async fn add(&self, name: &str, role: Role, totp: Option<&TotpSecret>) {
        let user = User {
            name: name.parse().unwrap(),
            role,
            password: Password::new(PASSWORD.to_owned()).hash().unwrap(),
            disabled: false,
            totp: totp.cloned(),
            created_at: self.now(),
        };
        assert!(self.accounts.store().await.add(&user).await.unwrap());
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.accounts.now()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Opens the first set-up for an hour.
    pub(crate) fn offer_setup(&self) -> Token {
        let token = Token::random().unwrap();
        self.accounts
            .open_setup(&token, self.now() + SignedDuration::from_hours(1));
        token
    }

    /// What the audit log has of it: who, what they did, to what.
    pub(crate) fn noted(&self) -> Vec<String> {
        let noted = self.noted.lock().unwrap();
        let words = noted
            .iter()
            .map(|action| format!("{} {} {}", action.who, action.did, action.what));
        words.map(|words| words.trim_end().to_owned()).collect()
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            house: self,
            cookies: BTreeMap::new(),
            site: Some("same-origin"),
            tongue: "en",
        }
    }

    /// A browser of somebody who is in.
    pub(crate) async fn browser_of(&self, name: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = browser.log_in(name, PASSWORD).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
        browser
    }
}

/// Keeps cookies, and sends forms with the proof of the page they were on.
#[derive(Clone)]
pub(crate) struct Browser<'a> {
    house: &'a House,
    pub(crate) cookies: BTreeMap<String, String>,
    /// What it says of where forms come from.
    site: Option<&'static str>,
    /// The language that it would rather have.
    pub(crate) tongue: &'static str,
}

impl Browser<'_> {
    /// The same browser, sending a form that stands on a page of another site.
    pub(crate) fn elsewhere(&self, site: Option<&'static str>) -> Self {
        Self { site, ..self.clone() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(&format!("GET {path}"), &[]).as_bytes())
            .await
    }

    /// Looks at a page and sends its form with these fields.
    pub(crate) async fn fill(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = proof(&self.get(page).await);
        self.post(path, &[&[("form", proof.as_str())], fields].concat())
            .await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(&format!("POST {path}"), fields).as_bytes())
            .await
    }

    /// Looks at a page and sends a text as a file by its form.
    pub(crate) async fn upload(
        &mut self,
        page: &str,
        path: &str,
        field: &str,
        (name, text): (&str, &str),
    ) -> Answer {
        self.send_file((page, path), &[], field, (name, text.as_bytes()))
            .await
    }

    /// Looks at a page and sends a file by its form, with other fields before it.
    pub(crate) async fn send_file(
        &mut self,
        (page, path): (&str, &str),
        fields: &[(&str, &str)],
        field: &str,
        (name, bytes): (&str, &[u8]),
    ) -> Answer {
        let proof = proof(&self.get(page).await);
        let mut body = Vec::new();
        let mut part = |head: &str, bytes: &[u8]| {
            let head = format!("--parts\r\nContent-Disposition: form-data; {head}\r\n\r\n");
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        };
        part("name=\"form\"", proof.as_bytes());
        for (name, value) in fields {
            part(&format!("name=\"{name}\""), value.as_bytes());
        }
        let file = format!("name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream");
        part(&file, bytes);
        body.extend(b"--parts--\r\n");
        let kind = "multipart/form-data; boundary=parts";
        let head = self.head(&format!("POST {path}"), kind, body.len());
        self.send(&[head.as_bytes(), &body].concat()).await
    }

    pub(crate) async fn log_in(&mut self, name: &str, password: &str) -> Answer {
        self.fill("/login", "/login", &[("name", name), ("password", password)])
            .await
    }

    /// A request whose answer goes on.
    pub(crate) async fn follow(&self, path: &str) -> TcpStream {
        let mut head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: en\r\n");
        for (name, value) in &self.cookies {
            let _ = write!(head, "Cookie: {name}={value}\r\n");
        }
        let mut stream = TcpStream::connect(self.house.office.own()).await.unwrap();
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        stream
    }

    /// A request as it goes over the line.
    pub(crate) fn request(&self, what: &str, fields: &[(&str, &str)]) -> String {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        self.written(what, "application/x-www-form-urlencoded", &body)
    }

    fn written(&self, what: &str, kind: &str, body: &str) -> String {
        format!("{}{body}", self.head(what, kind, body.len()))
    }

    fn head(&self, what: &str, kind: &str, length: usize) -> String {
        let mut head = format!(
            "{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nUser-Agent: Probe\r\nAccept-Language: {}\r\n",
            self.tongue
        );
        for (name, value) in &self.cookies {
            let _ = write!(head, "Cookie: {name}={value}\r\n");
        }
        if what.starts_with("POST") {
            let _ = write!(head, "Content-Type: {kind}\r\nContent-Length: {length}\r\n");
        }
        if let Some(site) = self.site {
            let _ = write!(head, "Sec-Fetch-Site: {site}\r\n");
        }
        format!("{head}\r\n")
    }

    async fn send(&mut self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.house.office.own()).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await.unwrap();
        let answer = Answer::read(&String::from_utf8_lossy(&text));
        for cookie in answer.headers("set-cookie") {
            for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict"] {
                assert!(cookie.contains(part), "{cookie}");
            }
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            // By plain http, on the machine itself: Safari would keep no other.
            assert!(
                ["portico", "portico-visit"].contains(&name) && !cookie.contains("Secure"),
                "{cookie}"
            );
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// What the first form of a page carries; nothing where there is none.
pub(crate) fn proof(page: &Answer) -> String {
    let after = page
        .body
        .split("name=\"form\" value=\"")
        .nth(1)
        .unwrap_or_default();
    after.split('"').next().unwrap_or_default().to_owned()
}
