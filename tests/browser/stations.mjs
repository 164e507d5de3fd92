// An operator at the list of stations in a real Chromium: stations.mjs ADDRESS NAME PASSWORD. Started by
// tests/dashboard/stations_browser.rs with ten thousand stations. First with the script, then without; axe
// runs beside it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit, launch, newPage } from './eyes.mjs';

const [address, name, password] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const artifacts = join(here, '..', 'artifacts', 'dashboard');
mkdirSync(artifacts, { recursive: true });
const read = (file) => readFileSync(join(here, '..', '..', 'templates', 'locales', 'it', file), 'utf8');
const text = read('dashboard.ftl') + read('dashboard/stations.ftl');
const say = Object.fromEntries(Array.from(text.matchAll(/^([a-z-]+) = (.+)$/gm), ([, key, said]) => [key, said]));

async function seen(page, what, javaScript) {
  for (const [width, height, scheme] of [[320, 480, 'light'], [390, 844, 'dark'], [1280, 800, 'light']]) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await audit(page, `${what} ${width} ${scheme}`, javaScript);
    await page.screenshot({ path: join(artifacts, `${what}-${width}-${scheme}.png`) });
  }
}

const title = (page, key) => page.getByRole('heading', { level: 1, name: say[key], exact: true }).waitFor();
const press = (page, key) => page.getByRole('button', { name: say[key], exact: true }).click();
const rows = (page) => page.locator('#rows tr');

async function enter(page) {
  await page.goto(`${address}/login`);
  await page.getByLabel(say['login-name']).fill(name);
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: say['menu-stations'], exact: true }).click();
  await title(page, 'stations-title');
  assert.equal(await rows(page).count(), 50);
}

const browser = await launch();
const live = await newPage(browser, { javaScript: true });
const plain = await newPage(browser, { javaScript: false });
await enter(live.page);
await seen(live.page, 'stations', true);
await enter(plain.page);

// None of it loads the page anew where there is a script; whoever hears the page is told what came of it, and the way
// back leads to what was before.
await live.page.evaluate(() => { globalThis.isTheSame = true; });
const isTheSame = () => live.page.evaluate(() => globalThis.isTheSame === true);
const said = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor({ state: 'attached' });

// On paper there are no forms, but whose a row is and what its columns are.
await live.page.emulateMedia({ media: 'print' });
assert.equal(await live.page.locator('nav').first().isVisible(), false);
for (const kind of ['.sort', '.mac']) {
  assert.ok(await live.page.locator(kind).first().isVisible(), `${kind} is printed`);
}
await live.page.emulateMedia({ media: 'screen' });

// A head sorts, and says so; the keyboard reaches it.
const head = live.page.getByRole('button', { name: say['stations-column-usage'], exact: true });
await head.focus();
await live.page.keyboard.press('Enter');
await live.page.locator('th[aria-sort="ascending"]', { hasText: say['stations-column-usage'] }).waitFor();
await said(live.page, `${say['stations-column-usage']}, ${say['stations-way-up']}`);
assert.ok(await head.evaluate((button) => button === document.activeElement), 'the focus stays on the head');
const next = live.page.getByRole('button', { name: say['stations-after'], exact: true });
await next.focus();
for (const number of [2, 3]) {
  await live.page.keyboard.press('Enter');
  await live.page.locator('#page-at', { hasText: `${say['stations-page']} ${number} / 200` }).waitFor();
  assert.ok(await next.evaluate((button) => button === document.activeElement), 'the focus stays on the page');
}
await said(live.page, `${say['stations-page']} 3`);
assert.match(live.page.url(), /\/stations\?order=usage-up&page=3$/);
const search = live.page.getByLabel(say['stations-search'], { exact: true });
await search.fill('02:5e:10:d7:01:02');
await live.page.keyboard.press('Enter');
await live.page.locator('#found', { hasText: /Un dispositivo/ }).waitFor();
assert.doesNotMatch(live.page.url(), /5e/, 'no path has an address');
assert.ok(!JSON.stringify(await live.page.evaluate(() => history.state)).includes('5e'), 'nor has the history');
await live.page.goBack();
await live.page.locator('#page-at', { hasText: ' 3 / 200' }).waitFor();
assert.equal(await search.inputValue(), '');
await live.page.goForward();
await live.page.locator('#found', { hasText: /Un dispositivo/ }).waitFor();
assert.equal(await search.inputValue(), '02:5e:10:d7:01:02');
await search.fill('');
await press(live.page, 'stations-show');
await live.page.locator('#found', { hasText: '10000' }).waitFor();
assert.ok(await isTheSame());
// A reload shows the same without what was searched for.
await live.page.reload();
await live.page.locator('th[aria-sort="ascending"]', { hasText: say['stations-column-usage'] }).waitFor();
await live.page.evaluate(() => { globalThis.isTheSame = true; });

// The list's own question, asked while a page is on its way and answered after it, takes nobody back.
{
  const pattern = '**/stations/rows';
  const isOwn = (request) => request.postData().includes('self=yes');
  const own = live.page.waitForRequest((request) => request.url().endsWith('/stations/rows') && isOwn(request));
  const at = (number) => live.page.locator('#page-at', { hasText: `${say['stations-page']} ${number} / 200` }).waitFor();
  await at(1);
  let release;
  const turned = new Promise((resolve) => { release = resolve; });
  await live.page.route(pattern, async (route) => {
    if (isOwn(route.request())) await turned;
    else await own;
    await route.continue();
  });
  await live.page.getByRole('button', { name: say['stations-after'], exact: true }).click();
  await at(2);
  const late = live.page.waitForResponse(async (answer) => answer.request() === await own);
  release();
  await (await late).finished();
  await live.page.unroute(pattern);
  await live.page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
  assert.match(await live.page.locator('#page-at').textContent(), / 2 \/ 200/);
  assert.ok(await isTheSame());
}

// One ticks a row and waits on a button; another ends that station's session without a script. The first sees it
// without doing anything, and keeps tick and focus.
for (const { page } of [live, plain]) {
  await page.getByLabel(say['stations-column-state'], { exact: true }).selectOption('granted');
  await press(page, 'stations-show');
  await page.locator('#found', { hasText: '2500' }).waitFor();
}
const last = plain.page.getByRole('button', { name: say['stations-column-usage'], exact: true });
await last.click();
const id = await rows(plain.page).first().getAttribute('id');
const other = rows(live.page).nth(1);
const tick = other.getByRole('checkbox');
await tick.check();
const kept = await other.getAttribute('id');
await other.getByRole('button').focus();
await live.page.locator(`#${id}`).waitFor();
await rows(plain.page).first().getByRole('button').click();
await title(plain.page, 'stations-one-title');
await seen(plain.page, 'station', false);
await press(plain.page, 'stations-end-go');
await title(plain.page, 'stations-done-title');
await seen(plain.page, 'stations-done', false);
await live.page.locator(`#${id}`).waitFor({ state: 'detached' });
assert.equal(await live.page.locator(`#${kept}`).getByRole('checkbox').isChecked(), true, 'the tick stays');
assert.equal(await live.page.evaluate(() => document.activeElement.closest('tr')?.id), kept, 'the focus stays');

// Several at once, and a form that is wrong.
await rows(live.page).nth(3).getByRole('checkbox').check();
await press(live.page, 'stations-act');
await title(live.page, 'stations-many-title');
await press(live.page, 'stations-block-go');
await live.page.locator('#block-reason[aria-invalid="true"]').waitFor();
await seen(live.page, 'stations-refused', true);
await live.page.locator('#block-reason').fill('Rumoroso');
await press(live.page, 'stations-block-go');
await title(live.page, 'stations-done-title');
assert.equal(await live.page.locator('.chosen li', { hasText: say['stations-acted-done'] }).count(), 2);
assert.ok(await isTheSame(), 'orders load no page either');
assert.match(live.page.url(), /\/stations$/);

// The list is as it was left. All that match, by their number; the other has no script and does the same.
await live.page.getByRole('link', { name: say['stations-back'] }).click();
await title(live.page, 'stations-title');
assert.ok(await isTheSame());
await plain.page.getByRole('link', { name: say['stations-back'] }).click();
for (const { page } of [live, plain]) {
  await page.getByLabel(say['stations-column-state'], { exact: true }).selectOption('granted');
  await page.getByLabel(say['stations-column-network'], { exact: true }).selectOption('piazza');
  await press(page, 'stations-show');
  await page.locator('#found', { hasText: /^16\d\d / }).waitFor();
  await page.locator('#act-all').click();
  await title(page, 'stations-all-title');
  await page.getByRole('heading', { level: 2, name: /^16\d\d / }).waitFor();
  const form = page.locator('form', { has: page.locator('input[value="extend"]') });
  await form.locator('input[name="sure"]').fill('12');
  await form.getByRole('button').click();
  await page.locator('#extend-sure[aria-invalid="true"]').waitFor();
  if (page === live.page) await seen(page, 'stations-all', true);
  await page.locator('#extend-sure').fill('1666');
  await form.getByRole('button').click();
  await title(page, 'stations-done-title');
  await page.locator('.chosen li', { hasText: /^16\d\d: / }).waitFor();
  if (page === plain.page) await seen(page, 'stations-all-done', false);
  await page.getByRole('link', { name: say['stations-back'] }).click();
  await title(page, 'stations-title');
}

// The address of one, by name; no path ever had any.
await live.page.getByLabel(say['stations-column-network'], { exact: true }).selectOption('');
await press(live.page, 'stations-show');
await live.page.locator('#found', { hasText: /^2[45]\d\d / }).waitFor();
await rows(live.page).first().getByRole('button').click();
await press(live.page, 'stations-unmask');
await live.page.locator('dd .mac').filter({ hasText: /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/ }).waitFor();
assert.match(live.page.url(), /\/stations$/);

for (const visitor of [live, plain]) {
  assert.deepEqual(visitor.problems, []);
  await visitor.close();
}
await browser.close();
