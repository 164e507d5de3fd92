//! Pictures of feeds and of the local editor → small ones that the gateway sends itself.
//!
//! A picture is the easiest bomb there is: a few hundred bytes can ask for gigabytes. So its kind is
//! taken from its first bytes alone (JPEG, PNG or WebP; never SVG, which is a document, or GIF), its
//! header is read before anything is decoded, and what decoding will take is reckoned from it and
//! refused when it is too much. Nothing of the source but its pixels is kept: no place where a
//! photograph was taken, no profile, no thumbnail.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::imageops;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, RgbaImage};

use crate::model::Picture;

/// Largest source, bytes.
pub const MOST_SOURCE_BYTES: usize = 4 << 20;
/// Largest result, bytes: six of them and all else of a page stay below 60 KiB.
pub const MOST_BYTES: usize = 6 << 10;
/// Longest side of a source, pixels.
pub const MOST_SIDE: u32 = 8_192;
/// Shortest side of a source, pixels: smaller ones are icons, or count readers.
pub const LEAST_SIDE: u32 = 48;
/// What decoding may take, bytes: a photograph of 12 megapixels needs 36 MB, and the smallest gateway
/// has 256 MB for everything. One picture is decoded at a time.
pub const MOST_MEMORY: u64 = 64 << 20;
/// Held while a picture is decoded: two at once would take twice the memory.
static DECODER: Mutex<()> = Mutex::new(());

/// What is tried until the result is light enough: a size, and its qualities. Better small than ugly;
/// ugly only for what is noise anyhow.
const ATTEMPTS: [((u32, u32), &[u8]); 3] = [
    ((320, 180), &[80, 70, 60, 50, 40, 30]),
    ((240, 135), &[60, 50, 40, 30]),
    ((160, 90), &[50, 40, 30, 20, 10, 5]),
];

/// Why bytes did not become a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Not JPEG, PNG or WebP.
    #[error("not a JPEG, PNG or WebP picture")]
    Kind,
    /// Too many bytes.
    #[error("the file has {0} bytes; at most {MOST_SOURCE_BYTES} are read (4 MiB)")]
    Long(usize),
    /// Too many pixels on a side, or too much memory.
    #[error("{0} x {1} pixels are too many to decode here; make it smaller first")]
    Large(u32, u32),
    /// Too few pixels.
    #[error("{0} x {1} pixels are too few for a picture")]
    Small(u32, u32),
    /// Damaged.
    #[error("the picture is damaged: {0}")]
    Damaged(String),
    /// Noise that does not become small.
    #[error("the picture does not become small enough")]
    Heavy,
}

/// Decodes and shrinks; bounded in memory and time whatever the bytes are. Takes long (a second for a
/// large photograph on a small gateway), and waits for the picture before: not for an async task.
///
/// # Errors
/// See [`PictureError`].
pub fn shrink(bytes: &[u8]) -> Result<Picture, PictureError> {
    let _alone = DECODER.lock().unwrap_or_else(PoisonError::into_inner);
    let (picture, orientation) = decode(bytes)?;
    // Turned pictures are cut the other way round, before they are turned: then only the small one is.
    let turned = turns_sides(orientation);
    for ((width, height), qualities) in ATTEMPTS {
        let size = if turned { (height, width) } else { (width, height) };
        let mut small = DynamicImage::ImageRgba8(cover(&picture, size));
        small.apply_orientation(orientation);
        let small = on_white(&small.into_rgba8());
        for quality in qualities {
            let bytes = encode(&small, *quality)?;
            if bytes.len() <= MOST_BYTES {
                return Ok(Picture {
                    media_type: "image/jpeg",
                    bytes,
                    width,
                    height,
                });
            }
        }
    }
    Err(PictureError::Heavy)
}

/// Whether bytes are a picture to the end that can be decoded here; with the bounds of [`shrink`].
///
/// # Errors
/// See [`PictureError`].
pub fn check(bytes: &[u8]) -> Result<(), PictureError> {
    let _alone = DECODER.lock().unwrap_or_else(PoisonError::into_inner);
    decode(bytes).map(drop)
}

/// A picture that [`shrink`] made and somebody kept; `None` when it is not one.
#[must_use]
pub fn from_kept(bytes: Vec<u8>) -> Option<Picture> {
    if bytes.len() > MOST_BYTES || image::guess_format(&bytes).ok()? != ImageFormat::Jpeg {
        return None;
    }
    let reader = ImageReader::with_format(Cursor::new(&bytes), ImageFormat::Jpeg);
    let (width, height) = reader.into_dimensions().ok()?;
    let ours = ATTEMPTS.iter().any(|(size, _)| *size == (width, height));
    ours.then_some(Picture {
        media_type: "image/jpeg",
        bytes,
        width,
        height,
    })
}

fn decode(bytes: &[u8]) -> Result<(DynamicImage, Orientation), PictureError> {
    if bytes.len() > MOST_SOURCE_BYTES {
        return Err(PictureError::Long(bytes.len()));
    }
    let format = image::guess_format(bytes).map_err(|_| PictureError::Kind)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(PictureError::Kind);
    }
    let mut limits = Limits::default();
    // Dimensions are judged below, with a better message.
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if width > MOST_SIDE || height > MOST_SIDE || cost(&decoder, format, bytes) > MOST_MEMORY {
        return Err(PictureError::Large(width, height));
    }
    if width < LEAST_SIDE || height < LEAST_SIDE {
        return Err(PictureError::Small(width, height));
    }
    // A picture whose orientation cannot be read stands as it is.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    Ok((picture, orientation))
}

/// What decoding takes at its peak, bytes: the pixels, and what the decoder keeps beside them. The
/// limits of `image` cover the first alone for some formats.
fn cost(decoder: &impl ImageDecoder, format: ImageFormat, bytes: &[u8]) -> u64 {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    let beside = match format {
        // All coefficients until the last scan, two bytes for each of three components.
        ImageFormat::Jpeg if is_progressive(bytes) => 6,
        // Planes or a lossless frame, before colours are made of them.
        ImageFormat::WebP => 4,
        _ => 0,
    };
    decoder
        .total_bytes()
        .saturating_add(pixels.saturating_mul(beside))
}

/// Whether a frame of a JPEG may be a progressive one (ITU T.81, B.1.1.3: SOF2, and SOF6, 10 and 14 of
/// its kind). Looks for the marker anywhere: in doubt yes.
fn is_progressive(bytes: &[u8]) -> bool {
    bytes
        .windows(2)
        .any(|pair| matches!(pair, [0xff, 0xc2 | 0xc6 | 0xca | 0xce]))
}

/// The middle of the picture in the shape of `size`, scaled to it.
fn cover(picture: &DynamicImage, size: (u32, u32)) -> RgbaImage {
    let (width, height) = (u64::from(picture.width()), u64::from(picture.height()));
    let (wide, high) = (u64::from(size.0), u64::from(size.1));
    // The largest part of the right shape; never empty.
    let (part_width, part_height) = if width * high > height * wide {
        ((height * wide / high).max(1), height)
    } else {
        (width, (width * high / wide).max(1))
    };
    let pixels = |number: u64| u32::try_from(number).unwrap_or(1);
    let part = imageops::crop_imm(
        picture,
        pixels((width - part_width) / 2),
        pixels((height - part_height) / 2),
        pixels(part_width),
        pixels(part_height),
    );
    imageops::thumbnail(&*part, size.0, size.1)
}

/// JPEG knows no transparency; the page's cards are white.
fn on_white(picture: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let mix = |channel: u8| {
            let (channel, alpha) = (u32::from(channel), u32::from(alpha));
            u8::try_from((channel * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([mix(red), mix(green), mix(blue)])
    })
}

fn encode(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::with_capacity(MOST_BYTES);
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
        .map_err(damaged)?;
    Ok(bytes)
}

const fn turns_sides(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

#[expect(clippy::needless_pass_by_value, reason = "to be handed to map_err")]
fn damaged(error: image::ImageError) -> PictureError {
    PictureError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests;
