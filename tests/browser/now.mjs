// What is live in a real Chromium: now.mjs ADDRESS PASSWORD. Started by tests/dashboard/now.rs, which changes how
// everything stands when this says `change`, and ends the sessions when it says `end`. Screenshots go to
// tests/artifacts/dashboard.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit, launch, newPage } from './eyes.mjs';

const [address, password] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const artifacts = join(here, '..', 'artifacts', 'dashboard');
mkdirSync(artifacts, { recursive: true });

const folder = join(here, '..', '..', 'templates', 'locales', 'it');
const text = ['dashboard', 'dashboard/now', 'dashboard/networks']
  .map((name) => readFileSync(join(folder, `${name}.ftl`), 'utf8')).join('\n');
const say = Object.fromEntries(Array.from(text.matchAll(/^([a-z-]+) = (.+)$/gm), ([, key, said]) => [key, said]));
const sizes = { small: [320, 480], phone: [390, 844], desktop: [1280, 800] };

async function seen(page, name, javaScript = true) {
  for (const [size, scheme] of [['small', 'light'], ['phone', 'dark'], ['desktop', 'light'], ['desktop', 'dark']]) {
    const [width, height] = sizes[size];
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await audit(page, `${name} ${size} ${scheme}`, javaScript);
    await page.screenshot({ path: join(artifacts, `${name}-${size}-${scheme}.png`), fullPage: true });
  }
}

async function logIn(page) {
  await page.goto(`${address}/login`);
  await page.getByLabel(say['login-name']).fill('anna');
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(/now/);
}

const row = (page, key) => page.locator(`[data-row="${key}"]`);
const state = (page, key) => page.locator('#live-state').getByText(say[key], { exact: true }).waitFor();

const browser = await launch();
const { page, problems, close } = await newPage(browser);
await logIn(page);
await page.goto(`${address}/now`);
await state(page, 'live-on');
await page.locator('.plot.drawn canvas').waitFor();
assert.equal(await row(page, 'all-granted').textContent(), '10');
await seen(page, 'now');
// The gateway has been asked all the while: a page that is opened now begins with a chart that is filled.
while (await page.locator('[data-chart]').evaluate((figure) => JSON.parse(figure.dataset.points).length) < 2) {
  await page.waitForTimeout(500);
  await page.reload();
}
await state(page, 'live-on');

// Another look, on the screen without anybody touching anything.
console.log('change');
await row(page, 'all-granted').getByText('14', { exact: true }).waitFor();
await page.locator('#findings').getByText(say['finding-helper']).waitFor();
assert.equal(await page.locator('#findings li').first().getAttribute('class'), 'bad');
await page.waitForFunction(() => !document.querySelector('[data-row="all-down"]').textContent.startsWith('0 '));
await seen(page, 'now-changed');

// By the keyboard: the figures stand still, and go on.
await page.locator('#live-pause').focus();
await page.keyboard.press('Enter');
await state(page, 'live-paused');
assert.equal(await page.locator('#live-pause').getAttribute('aria-pressed'), 'true');
await page.keyboard.press('Enter');
await state(page, 'live-on');

await page.getByRole('link', { name: say['menu-networks'], exact: true }).click();
await state(page, 'live-on');
await seen(page, 'networks');
await page.getByRole('link', { name: 'Piazza', exact: true }).click();
await state(page, 'live-on');
await page.locator('.plot.drawn canvas').waitFor();
await seen(page, 'network');
// One runs already; by the keyboard it is ended, and begun anew.
for (const [button, told] of [['self-test-end', 'self-test-ended'], ['self-test-begin', 'self-test-begun']]) {
  await page.getByRole('button', { name: say[button] }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText(say[told]).waitFor();
}
await page.getByRole('button', { name: say['self-test-end'] }).waitFor();
await seen(page, 'network-self-test');

// Without scripts: the same numbers, and a chart drawn by the server.
const plain = await newPage(browser, { javaScript: false });
await logIn(plain.page);
await plain.page.goto(`${address}/now`);
assert.equal(await row(plain.page, 'all-granted').textContent(), '14');
assert.equal(await plain.page.locator('#live').isVisible(), false);
assert.match(await plain.page.locator('.plot svg path.down').getAttribute('d'), /^M\d+ \d+L/);
await seen(plain.page, 'now-plain', false);
await plain.page.goto(`${address}/networks/piazza`);
await plain.page.getByRole('button', { name: say['self-test-end'] }).click();
await plain.page.getByRole('status').getByText(say['self-test-ended']).waitFor();
await seen(plain.page, 'network-plain', false);

console.log('end');
await state(page, 'live-ended');
await plain.page.reload();
await plain.page.getByRole('heading', { level: 1, name: say['login-title'] }).waitFor();
assert.deepEqual(problems.concat(plain.problems), []);
await Promise.all([close(), plain.close()]);
await browser.close();
