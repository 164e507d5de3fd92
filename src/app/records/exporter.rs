//! Exports that the dashboard asks for: made and noted as those of `portico export` and `portico audit export`.

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::app::audit::{self, Form, ListError};
use crate::app::export::{self, By, Complaint, Known, Lang, Request, Shape, What};
use crate::config::{Config, Words};
use crate::dashboard::{
    AuditFormat, Author, ExportWish, Exporter, FiguresWish, Made, MadeFile, NotMade, RecordError,
};
use crate::model::audit::{Filter, Origin, Who};
use crate::report::{Order, ReportError, Written, write_private};
use crate::store::figures;

/// How often a long log asks whether it is still wanted, entries.
const EVERY: u64 = 512;

/// Makes what is asked for of what is in the state directory.
pub(super) struct Maker {
    pub(super) state_dir: PathBuf,
}

type Progress<'a> = dyn FnMut(usize, usize) -> bool + 'a;

impl Exporter for Maker {
    fn check(&self, config: &Config, wish: &ExportWish) -> Result<(), NotMade> {
        match wish {
            ExportWish::Figures(wish) => self.order(config, wish).map(drop),
            ExportWish::Audit { .. } => Ok(()),
        }
    }

    fn make(
        &self,
        config: &Config,
        wish: &ExportWish,
        author: &Author,
        folder: &Path,
        progress: &mut Progress<'_>,
    ) -> Result<Made, NotMade> {
        match wish {
            ExportWish::Figures(wish) => {
                let order = self.order(config, wish)?;
                self.figures(&order, author, folder, progress)
            }
            ExportWish::Audit { filter, format } => {
                self.audit(config, (filter, *format), author, folder, progress)
            }
        }
    }
}

impl Maker {
    fn database(&self) -> PathBuf {
        self.state_dir.join(figures::FILE)
    }

    fn order(&self, config: &Config, wish: &FiguresWish) -> Result<Order, NotMade> {
        let known = Known::read(&self.database()).map_err(fault)?;
        let order = request(wish).and_then(|request| request.order(config, &known));
        let order = order.map_err(|Complaint { field, words }| NotMade::Complaint { field, words })?;
        order.check().map_err(|error| NotMade::Complaint {
            field: "make",
            words: error.words().unwrap_or_else(|| Words::same(error.to_string())),
        })?;
        Ok(order)
    }

    fn figures(
        &self,
        order: &Order,
        author: &Author,
        folder: &Path,
        progress: &mut Progress<'_>,
    ) -> Result<Made, NotMade> {
        let mut note = |files: &[Written]| {
            audit::record_export(&self.state_dir, by(author), order.kind.name(), &named(files))?;
            Ok(())
        };
        let mut progress = |done, all| {
            if progress(done, all) {
                Ok(())
            } else {
                Err(ReportError::Stopped)
            }
        };
        let (database, path) = (self.database(), folder.join(order.file_name()));
        match export::write(order, &database, &path, &mut progress, &mut note) {
            Ok(export) => Ok(Made {
                files: made(&export.files),
                notes: export.notes,
            }),
            Err(ReportError::Stopped) => Err(NotMade::Stopped),
            Err(error) => Err(match error.words() {
                Some(words) => NotMade::Told(words),
                None => fault(error),
            }),
        }
    }

    fn audit(
        &self,
        config: &Config,
        (filter, format): (&Filter, AuditFormat),
        author: &Author,
        folder: &Path,
        progress: &mut Progress<'_>,
    ) -> Result<Made, NotMade> {
        let (name, form) = match format {
            AuditFormat::Csv => ("audit.csv", Form::Csv),
            AuditFormat::JsonLines => ("audit.jsonl", Form::Json),
        };
        let path = folder.join(name);
        let (mut count, mut is_stopped) = (0_u64, false);
        let mut go_on = || {
            count += 1;
            is_stopped = count % EVERY == 1 && !progress(0, 1);
            if is_stopped {
                return Err(io::Error::from(io::ErrorKind::Interrupted));
            }
            Ok(())
        };
        let written = write_private(&path, |out| {
            audit::write_list(
                &self.state_dir,
                filter,
                (form, &config.gateway.time_zone),
                &mut go_on,
                out,
            )
        });
        if is_stopped {
            return Err(NotMade::Stopped);
        }
        let written = written.map_err(|error: ListError| fault(error))?;
        let noted = audit::record_export(&self.state_dir, by(author), "audit", &named(&written));
        if let Err(error) = noted {
            // What nobody knows of is not given away.
            std::fs::remove_file(&path).map_err(fault)?;
            return Err(fault(error));
        }
        Ok(Made {
            files: made(&written),
            notes: Vec::new(),
        })
    }
}

/// What the form means, as the command reads it.
fn request(wish: &FiguresWish) -> Result<Request, Complaint> {
    let day = |field: &'static str, text: &str| {
        let text = Some(text.trim()).filter(|text| !text.is_empty());
        let day = text.map(export::day).transpose();
        day.map_err(|english| Complaint {
            field,
            words: Words::new(english, "scrivere un giorno così: 2026-10-31".to_owned()),
        })
    };
    Ok(Request {
        what: choice::<What>("make", &wish.what)?,
        from: day("from", &wish.from)?,
        to: day("to", &wish.to)?,
        networks: Some(wish.network.clone())
            .filter(|name| !name.is_empty())
            .into_iter()
            .collect(),
        format: Some(choice::<Shape>("make", &wish.format)?),
        by: choice::<By>("by", &wish.by)?,
        lang: choice::<Lang>("lang", &wish.lang)?,
    })
}

fn choice<C: ValueEnum>(field: &'static str, text: &str) -> Result<C, Complaint> {
    C::from_str(text, false).map_err(|english| Complaint {
        field,
        words: Words::new(english, format!("{text:?} non è tra le scelte")),
    })
}

fn by(author: &Author) -> (Who, Origin) {
    (author.who.clone(), Origin::Address(author.address))
}

/// Files by their names: they are in a folder of their own for a few minutes.
fn named(files: &[Written]) -> Vec<Written> {
    let named = files.iter().map(|file| Written {
        path: file.path.file_name().map(PathBuf::from).unwrap_or_default(),
        ..file.clone()
    });
    named.collect()
}

fn made(files: &[Written]) -> Vec<MadeFile> {
    let files = named(files).into_iter().map(|file| MadeFile {
        name: file.path.to_string_lossy().into_owned(),
        sha256: file.sha256,
        bytes: file.bytes,
    });
    files.collect()
}

fn fault(error: impl std::error::Error + Send + Sync + 'static) -> NotMade {
    NotMade::Fault(RecordError::new(error))
}
