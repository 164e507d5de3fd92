// Whoever writes people's page, in a real Chromium without JavaScript, with the real daemons behind: editor.mjs ADDRESS.
// Started by tests/dashboard/hotspot.rs, which looks at the page of its phone as this asks for, and answers.

import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit, launch, newPage, until } from './eyes.mjs';
import { say } from './desk.mjs';

const [address] = process.argv.slice(2);
const artifacts = join(dirname(fileURLToPath(import.meta.url)), '..', 'artifacts', 'dashboard');
mkdirSync(artifacts, { recursive: true });
const lines = createInterface({ input: process.stdin });
const answers = lines[Symbol.asyncIterator]();
const looks = [['small', 'light', 320, 480], ['phone', 'dark', 390, 844], ['desktop', 'light', 1280, 800], ['desktop', 'dark', 1280, 800]];
const crest = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 64" width="48" height="64"><path fill="#a3001f" d="M0 0h48v64z"/></svg>';

async function town(wish) {
  process.stderr.write(`editor: ${wish}\n`);
  process.stdout.write(`${wish}\n`);
  const { value, done } = await answers.next();
  assert.ok(!done, `nobody answers: ${wish}`);
  return value;
}

async function seen(page, name) {
  for (const [size, scheme, width, height] of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await audit(page, `${name} ${size} ${scheme}`, false);
    await page.screenshot({ path: join(artifacts, `${name}-${size}-${scheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

const press = (page, key) => page.getByRole('button', { name: say[key], exact: true }).click();
const open = (page, key) => page.getByRole('link', { name: say[key], exact: true }).click();
const title = (page, key) => page.getByRole('heading', { level: 1, name: say[key], exact: true }).waitFor();

// From the form by the difference to the page of a phone.
async function apply(page, name, isPreviewed) {
  await press(page, 'page-preview');
  await until(`${name}: no preview`, isPreviewed);
  await press(page, 'settings-preview');
  await title(page, 'settings-difference');
  await press(page, 'page-preview-changed');
  await until(`${name}: no preview of the difference`, isPreviewed);
  await seen(page, `${name}-difference`);
  await press(page, 'settings-apply');
  await title(page, 'settings-waiting');
  await seen(page, `${name}-waiting`);
  await press(page, 'settings-confirm');
  await page.getByRole('status').getByText(say['settings-confirmed']).waitFor();
}

const browser = await launch();
const { page, problems, close } = await newPage(browser, { size: 'desktop', javaScript: false });
const preview = page.frameLocator('iframe');
await page.goto(`${address}/login`);
await page.getByLabel(say['login-name']).fill('edo');
await page.getByLabel(say['login-password'], { exact: true }).fill('tram zaino nuvola');
await press(page, 'login-go');
await title(page, 'page-title');
await until('no banner', () => preview.locator('#wifi4eubanner').evaluate((banner) => banner.naturalWidth > 0));
await seen(page, 'editor');

await open(page, 'settings-services');
await title(page, 'settings-services');
await page.getByText(say['settings-open'], { exact: true }).click();
await page.locator('#service-new-kind').selectOption('other');
await page.locator('#service-new-url').fill('https://biblioteca.example/');
await press(page, 'settings-preview');
await page.getByRole('alert').waitFor();
assert.equal(await page.locator('#service-new-url').inputValue(), 'https://biblioteca.example/');
await page.locator('#service-new-label-it').fill('Biblioteca civica');
await page.locator('#service-new-label-others').fill('de: Bücherei');
await seen(page, 'editor-services');
await apply(page, 'editor-services', async () => await preview.getByText('Biblioteca civica').count() > 0);
assert.equal(await town('shows Biblioteca civica'), 'true');

await open(page, 'settings-look');
await title(page, 'settings-look');
const color = page.locator('#network-0-look-color');
await color.fill('#ffe000');
await press(page, 'settings-preview');
await page.getByRole('alert').waitFor();
assert.equal(await color.getAttribute('aria-invalid'), 'true');
assert.equal(await color.inputValue(), '#ffe000');
await seen(page, 'editor-look-wrong');
await page.goto(`${address}/page/part/look`);
await page.locator('#picture').setInputFiles({ name: 'stemma.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(crest) });
await press(page, 'page-crest-go');
await title(page, 'settings-look');
await color.fill('#a3001f');
await page.getByRole('radio', { name: /^stemma-/ }).check();
const isRed = () => preview.locator('html').evaluate((html) => getComputedStyle(html).getPropertyValue('--c') === '#a3001f'
  && [...html.querySelectorAll('img.crest')].some((shown) => shown.naturalWidth > 0));
await seen(page, 'editor-look');
await apply(page, 'editor-look', isRed);
assert.equal(await town('shows --c:#a3001f'), 'true');
assert.equal(await town('shows class="crest"'), 'true');

// What the phone's question has opened, and why.
const opened = await town('resolve www.garden.example');
await open(page, 'garden-title');
await title(page, 'garden-title');
await page.getByRole('rowheader', { name: opened, exact: true }).waitFor();
await page.getByLabel(say['garden-search']).fill(opened);
await page.keyboard.press('Enter');
await page.getByRole('status').getByText(/aperto per via di www\.garden\.example/).waitFor();
await seen(page, 'editor-garden');

assert.deepEqual(problems, []);
await close();
await browser.close();
lines.close();
process.stdin.destroy();
