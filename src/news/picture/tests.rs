//! Honest pictures become small; bombs, cripples and chimeras become errors.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::{any, prop_assert, proptest};

use super::{LEAST_SIDE, MOST_BYTES, MOST_SIDE, MOST_SOURCE_BYTES, PictureError, from_kept, shrink};
use crate::model::Picture;

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([220, 20, 20])
        } else {
            Rgb([20, 20, 220])
        }
    })
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = DynamicImage::ImageRgb8(picture.clone());
    match format {
        ImageFormat::WebP => {
            let encoder = WebPEncoder::new_lossless(&mut bytes);
            picture.write_with_encoder(encoder).unwrap();
        }
        _ => picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap(),
    }
    bytes
}

fn pixels(picture: &Picture) -> RgbImage {
    image::load_from_memory(&picture.bytes).unwrap().into_rgb8()
}

fn is_red(pixel: Rgb<u8>) -> bool {
    pixel.0[0] > 150 && pixel.0[2] < 100
}

fn is_blue(pixel: Rgb<u8>) -> bool {
    pixel.0[2] > 150 && pixel.0[0] < 100
}

/// A PNG of these chunks, with right checksums.
fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        bytes.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        let mut body = kind.to_vec();
        body.extend_from_slice(data);
        bytes.extend_from_slice(&body);
        bytes.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
    }
    bytes
}

/// The header chunk: 8-bit colours.
fn header(width: u32, height: u32) -> (&'static [u8; 4], Vec<u8>) {
    let mut data = width.to_be_bytes().to_vec();
    data.extend_from_slice(&height.to_be_bytes());
    data.extend_from_slice(&[8, 2, 0, 0, 0]);
    (b"IHDR", data)
}

fn zeros(length: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let block = vec![0; 1 << 20];
    for _ in 0..length >> 20 {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn every_kind_becomes_a_small_jpeg() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let small = shrink(&encoded(&halves(1_280, 960), format)).unwrap();
        assert_eq!(
            (small.width, small.height, small.media_type),
            (320, 180, "image/jpeg")
        );
        assert!(small.bytes.len() <= MOST_BYTES, "{format:?}");
        let shown = pixels(&small);
        assert_eq!(shown.dimensions(), (320, 180));
        assert!(is_red(*shown.get_pixel(10, 90)) && is_blue(*shown.get_pixel(310, 90)));
    }
}

#[test]
fn the_middle_is_kept_whatever_the_shape() {
    // A third of each colour; the middle one is wider than what is kept of it.
    let flag = RgbImage::from_fn(1_800, 200, |x, _| match x / 600 {
        0 => Rgb([220, 20, 20]),
        1 => Rgb([250, 250, 250]),
        _ => Rgb([20, 20, 220]),
    });
    let shown = pixels(&shrink(&encoded(&flag, ImageFormat::Png)).unwrap());
    assert!(
        shown
            .pixels()
            .all(|pixel| pixel.0.iter().all(|channel| *channel > 240))
    );
    let tower = image::imageops::rotate90(&flag);
    let shown = pixels(&shrink(&encoded(&tower, ImageFormat::Png)).unwrap());
    assert!(
        shown
            .pixels()
            .all(|pixel| pixel.0.iter().all(|channel| *channel > 240))
    );
}

#[test]
fn noise_becomes_light_all_the_same() {
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(640, 360, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        Rgb([a, b, c])
    });
    // Coarse enough that shrinking does not average it away.
    let noise = image::imageops::resize(
        &image::imageops::resize(&noise, 160, 90, image::imageops::FilterType::Nearest),
        640,
        360,
        image::imageops::FilterType::Nearest,
    );
    let small = shrink(&encoded(&noise, ImageFormat::Png)).unwrap();
    assert!(small.bytes.len() <= MOST_BYTES);
    assert_eq!(pixels(&small).dimensions(), (small.width, small.height));
}

/// A JPEG with an Exif block: an orientation, and words that must not come out again.
fn photograph(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let plain = encoded(picture, ImageFormat::Jpeg);
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend_from_slice(&[0x0e, 0x01, 2, 0, 22, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend_from_slice(b"\0\0\0\0taken at home, 45.61N\0");
    let mut bytes = plain[..2].to_vec();
    bytes.extend_from_slice(&[0xff, 0xe1]);
    bytes.extend_from_slice(&u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    bytes.extend_from_slice(&exif);
    bytes.extend_from_slice(&plain[2..]);
    bytes
}

#[test]
fn a_photograph_stands_upright_and_forgets_where_it_was_taken() {
    let photograph_of = |orientation| photograph(&halves(400, 400), orientation);
    assert!(photograph_of(1).windows(6).any(|six| six == b"45.61N"));
    let shown = |orientation| {
        let small = shrink(&photograph_of(orientation)).unwrap();
        assert!(!small.bytes.windows(6).any(|six| six == b"45.61N"));
        assert!(!small.bytes.windows(4).any(|four| four == b"Exif"));
        assert_eq!((small.width, small.height), (320, 180));
        pixels(&small)
    };
    // Left and right as they are; mirrored by half a turn; top and bottom after a quarter.
    let upright = shown(1);
    assert!(is_red(*upright.get_pixel(5, 90)) && is_blue(*upright.get_pixel(315, 90)));
    let half = shown(3);
    assert!(is_blue(*half.get_pixel(5, 90)) && is_red(*half.get_pixel(315, 90)));
    let quarter = shown(6);
    assert_eq!(quarter.dimensions(), (320, 180));
    assert!(is_red(*quarter.get_pixel(160, 5)) && is_blue(*quarter.get_pixel(160, 175)));
    let other_quarter = shown(8);
    assert!(is_blue(*other_quarter.get_pixel(160, 5)) && is_red(*other_quarter.get_pixel(160, 175)));
}

#[test]
fn what_is_transparent_is_white() {
    let clear = RgbaImage::from_pixel(400, 300, Rgba([0, 0, 0, 0]));
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&clear, 400, 300, image::ExtendedColorType::Rgba8)
        .unwrap();
    let shown = pixels(&shrink(&bytes).unwrap());
    assert!(
        shown
            .pixels()
            .all(|pixel| pixel.0.iter().all(|channel| *channel > 250))
    );
}

#[test]
fn a_header_that_promises_too_much_is_refused_unread() {
    let bomb = png(&[
        header(60_000, 60_000),
        (b"IDAT", zeros(1 << 20)),
        (b"IEND", Vec::new()),
    ]);
    assert!(bomb.len() < 10_000);
    assert_eq!(shrink(&bomb), Err(PictureError::Large(60_000, 60_000)));
    // Within the sides, but not within the memory.
    let square = png(&[
        header(8_000, 8_000),
        (b"IDAT", zeros(1 << 20)),
        (b"IEND", Vec::new()),
    ]);
    assert_eq!(shrink(&square), Err(PictureError::Large(8_000, 8_000)));
    // A JPEG's header says it in its frame.
    let mut jpeg = encoded(&halves(400, 300), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(shrink(&jpeg), Err(PictureError::Large(65_535, 65_535)));
}

#[test]
fn progressive_pictures_are_reckoned_with_their_coefficients() {
    let mut jpeg = encoded(&halves(400, 300), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    // 4000 x 3000 is what a telephone makes: it passes as a baseline picture and not as a progressive one.
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x0b, 0xb8, 0x0f, 0xa0]);
    assert_ne!(shrink(&jpeg), Err(PictureError::Large(4_000, 3_000)));
    jpeg[frame + 1] = 0xc2;
    assert_eq!(shrink(&jpeg), Err(PictureError::Large(4_000, 3_000)));
}

#[test]
fn data_that_unpacks_without_end_is_not_unpacked() {
    // 400 x 300 pixels need 360,300 bytes; this gives 256 MiB of them, and a profile of as much.
    let mut profile = b"icc\0\0".to_vec();
    profile.extend_from_slice(&zeros(256 << 20));
    let bomb = png(&[
        header(400, 300),
        (b"iCCP", profile),
        (b"IDAT", zeros(256 << 20)),
        (b"IEND", Vec::new()),
    ]);
    assert!(bomb.len() < MOST_SOURCE_BYTES);
    // Whether it is shown as the black picture that it begins with does not matter; that it takes no
    // more than it may does.
    let before = peak_memory();
    let _ = shrink(&bomb);
    let taken = peak_memory().saturating_sub(before);
    assert!(taken < 160 << 20, "{taken} bytes");
}

/// Peak resident memory of this process, bytes.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib << 10
}

#[test]
fn what_is_cut_off_is_an_error_or_a_picture() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(&halves(200, 200), format);
        let mut refused = 0;
        for length in (0..whole.len()).step_by(whole.len() / 60 + 1) {
            match shrink(&whole[..length]) {
                Ok(small) => assert!(small.bytes.len() <= MOST_BYTES),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 0, "{format:?}");
    }
}

#[test]
fn documents_and_chimeras_are_no_pictures() {
    let svg =
        br#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let gif =
        b"GIF89a\x40\x00\x40\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\0\0\0\0\x40\0\x40\0\0\x02\x02D\x01\0;";
    for other in [
        &svg[..],
        gif,
        b"BM\x3a\0",
        b"<html>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"",
    ] {
        assert_eq!(shrink(other), Err(PictureError::Kind));
    }
    // A picture that is a page as well: what comes out is a picture alone.
    let mut both = encoded(&halves(400, 300), ImageFormat::Jpeg);
    both.extend_from_slice(b"<script>alert(1)</script>PK\x03\x04");
    let small = shrink(&both).unwrap();
    assert!(!small.bytes.windows(7).any(|seven| seven == b"<script"));
    let mut commented = encoded(&halves(400, 300), ImageFormat::Jpeg);
    commented.splice(2..2, *b"\xff\xfe\x00\x0b<script>\0");
    let small = shrink(&commented).unwrap();
    assert!(!small.bytes.windows(7).any(|seven| seven == b"<script"));
}

#[test]
fn sizes_have_bounds() {
    let tiny = encoded(&halves(LEAST_SIDE - 1, 400), ImageFormat::Png);
    assert_eq!(shrink(&tiny), Err(PictureError::Small(LEAST_SIDE - 1, 400)));
    assert!(shrink(&encoded(&halves(LEAST_SIDE, LEAST_SIDE), ImageFormat::Png)).is_ok());
    let long = encoded(&halves(MOST_SIDE + 1, LEAST_SIDE), ImageFormat::Png);
    assert_eq!(shrink(&long), Err(PictureError::Large(MOST_SIDE + 1, LEAST_SIDE)));
    let mut heavy = encoded(&halves(400, 300), ImageFormat::Jpeg);
    heavy.resize(MOST_SOURCE_BYTES + 1, 0);
    assert_eq!(shrink(&heavy), Err(PictureError::Long(MOST_SOURCE_BYTES + 1)));
}

#[test]
fn what_was_kept_is_known_again() {
    let small = shrink(&encoded(&halves(400, 300), ImageFormat::Png)).unwrap();
    assert_eq!(from_kept(small.bytes.clone()), Some(small.clone()));
    assert_eq!(from_kept(encoded(&halves(100, 100), ImageFormat::Jpeg)), None);
    assert_eq!(from_kept(small.bytes[..100].to_vec()), None);
    assert_eq!(from_kept(b"<html>".to_vec()), None);
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_pictures_are_errors_or_small(
        format in proptest::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = encoded(&halves(64, 64), format);
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(small) = shrink(&bytes) {
            prop_assert!(small.bytes.len() <= MOST_BYTES);
        }
    }
}
