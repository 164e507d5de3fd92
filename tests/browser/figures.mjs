// Statistics, exports and the audit log in a real Chromium: figures.mjs ADDRESS PASSWORD. Started by
// tests/dashboard/figures.rs. There is no script on any of these pages: all of it is walked without JavaScript, and
// axe runs beside it. Screenshots go to tests/artifacts/dashboard.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit, launch, newPage } from './eyes.mjs';

const [address, password] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const artifacts = join(here, '..', 'artifacts', 'dashboard');
mkdirSync(artifacts, { recursive: true });

const locale = join(here, '..', '..', 'templates', 'locales', 'it');
const say = Object.fromEntries(['dashboard.ftl', 'dashboard/figures.ftl', 'dashboard/audit.ftl'].flatMap((name) => {
  const text = readFileSync(join(locale, name), 'utf8');
  return Array.from(text.matchAll(/^([a-z-]+) = (.+)$/gm), ([, key, said]) => [key, said]);
}));

// Looks at the page the browser is on, on a small phone in the dark and on a desk.
async function seen(page, name) {
  for (const [size, scheme, width, height] of [['small', 'dark', 320, 640], ['desktop', 'light', 1280, 800]]) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await audit(page, `${name} ${size} ${scheme}`, false);
    await page.screenshot({ path: join(artifacts, `${name}-${size}-${scheme}.png`), fullPage: true });
  }
}

const title = (page, key) => page.getByRole('heading', { level: 1, name: say[key], exact: true }).waitFor();
const link = (page, key) => page.getByRole('main').getByRole('link', { name: say[key], exact: true }).click();

const browser = await launch();
const { page, problems, close } = await newPage(browser, { javaScript: false });
await page.goto(`${address}/login`);
await page.getByLabel(say['login-name']).fill('anna');
await page.getByLabel(say['login-password'], { exact: true }).fill(password);
await page.keyboard.press('Enter');

await page.getByRole('navigation', { name: say.menu }).getByRole('link', { name: say['menu-figures'] }).click();
await title(page, 'figures-title');
await page.getByLabel(say['figures-network'], { exact: true }).selectOption('piazza');
await page.getByLabel(say['figures-at']).fill('2026-10-15');
await page.getByRole('button', { name: say['figures-go'] }).click();
await page.getByRole('heading', { name: 'Piazza, ottobre 2026' }).waitFor();
assert.equal(await page.getByRole('img').count(), 5);
assert.equal(await page.locator('tbody tr').count(), 32);
await seen(page, 'figures-month');
await link(page, 'figures-before');
await page.getByRole('heading', { name: 'Piazza, settembre 2026' }).waitFor();
// On paper there are no forms, and everything is black on white.
await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
assert.equal(await page.locator('nav').first().isVisible(), false);
await page.pdf({ path: join(artifacts, 'figures-print.pdf') });
await page.emulateMedia({ media: 'screen' });

await link(page, 'figures-compare');
await title(page, 'figures-compare');
await seen(page, 'figures-compare');
await link(page, 'figures-calendar');
await title(page, 'figures-calendar');
await page.getByLabel(say['figures-network'], { exact: true }).selectOption('piazza');
await page.getByLabel(say['figures-at']).fill('2026-10-15');
await page.getByRole('button', { name: say['figures-go'] }).click();
await page.locator('table.calendar').waitFor();
await seen(page, 'figures-calendar');

// Works: first an end before the begin, then the right one; the calendar of their year has them.
await link(page, 'works-title');
await title(page, 'works-title');
await seen(page, 'works');
const year = new Date().getFullYear() + 1;
const ends = page.getByLabel(say['works-to'], { exact: true });
await page.getByLabel(say['works-from'], { exact: true }).fill(`${year}-01-02T08:00`);
await ends.fill(`${year}-01-02T07:00`);
await page.getByLabel(say['works-reason'], { exact: true }).fill('Nuovo switch');
const announce = page.getByRole('button', { name: say['works-announce'], exact: true });
await announce.click();
assert.equal(await ends.getAttribute('aria-invalid'), 'true');
await seen(page, 'works-refused');
await ends.fill(`${year}-01-02T12:00`);
await announce.click();
await page.getByRole('cell', { name: 'Nuovo switch' }).waitFor();
await seen(page, 'works-announced');
await link(page, 'figures-calendar');
await title(page, 'figures-calendar');
await page.getByLabel(say['figures-at']).fill(`${year}-06-01`);
await page.getByRole('button', { name: say['figures-go'] }).click();
await page.getByRole('cell', { name: 'Nuovo switch' }).waitFor();
await seen(page, 'figures-calendar-works');

// A month: first days that are none, then the right ones, then the file.
await link(page, 'figures-exports');
await title(page, 'exports-title');
await seen(page, 'exports');
await page.getByLabel(say['exports-from'], { exact: true }).fill('2026-10-31');
await page.getByLabel(say['exports-to'], { exact: true }).fill('2026-10-01');
const csv = page.getByRole('button', { name: `${say['exports-usage']}, CSV` });
await csv.click();
const to = page.getByLabel(say['exports-to'], { exact: true });
assert.equal(await to.getAttribute('aria-invalid'), 'true');
assert.equal(await page.getByLabel(say['exports-from'], { exact: true }).inputValue(), '2026-10-31');
await seen(page, 'exports-refused');
await page.getByLabel(say['exports-from'], { exact: true }).fill('2026-10-01');
await to.fill('2026-10-31');
await csv.click();
await title(page, 'exports-job');
const file = page.getByRole('link', { name: 'usage-2026-10-01_2026-10-31.csv', exact: true });
await file.waitFor({ timeout: 60_000 });
await seen(page, 'export-done');
const told = await page.locator('code').first().textContent();
const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
assert.equal(download.suggestedFilename(), 'usage-2026-10-01_2026-10-31.csv');
const bytes = readFileSync(await download.path());
assert.equal(createHash('sha256').update(bytes).digest('hex'), told);
assert.match(bytes.toString('utf8').split('\r\n')[1], /2026-10-01/);
await page.reload();
await page.getByText(say['exports-fetched']).first().waitFor();

// The log knows of it, and goes the same way.
await page.getByRole('navigation', { name: say.menu }).getByRole('link', { name: say['menu-audit'] }).click();
await title(page, 'audit-title');
await page.getByLabel(say['audit-text'], { exact: true }).fill(told);
await page.getByRole('button', { name: say['audit-go'], exact: true }).click();
assert.equal(await page.locator('tbody tr').count(), 1);
await page.locator('tbody details summary').click();
assert.ok(await page.getByText(told).isVisible());
await seen(page, 'audit');
await page.getByRole('button', { name: say['audit-export-jsonl'] }).click();
await title(page, 'exports-job');
await page.getByRole('link', { name: 'audit.jsonl' }).waitFor({ timeout: 60_000 });
assert.deepEqual(problems, []);
await close();
await browser.close();
