// An administrator of a hotspot in a real Chromium, with the real daemons behind: hotspot.mjs ADDRESS SETUP_TOKEN.
// Started by tests/dashboard/hotspot.rs, which does on its phones what this asks for, a line each, and answers.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { audit, launch, newPage, until } from './eyes.mjs';
import { say, totp } from './desk.mjs';

const [address, token] = process.argv.slice(2);
const password = 'tram zaino nuvola';
const lines = createInterface({ input: process.stdin });
const answers = lines[Symbol.asyncIterator]();

// What the town is to do, or to tell.
async function town(wish) {
  process.stderr.write(`hotspot: ${wish}\n`);
  process.stdout.write(`${wish}\n`);
  const { value, done } = await answers.next();
  assert.ok(!done, `nobody answers: ${wish}`);
  return value;
}

const press = (page, key) => page.getByRole('button', { name: say[key], exact: true }).first().click();
// An order is carried out when it is answered.
const order = (page, button) => Promise.all([
  page.waitForResponse((answer) => answer.url() === `${address}/stations/do`),
  button.click(),
]);
const pressOrder = (page, key) => order(page, page.getByRole('button', { name: say[key], exact: true }).first());
const open = (page, key) => page.getByRole('link', { name: say[key], exact: true }).first().click();

async function arrive(page) {
  await page.goto(`${address}/setup?token=${token}`);
  await page.getByLabel(say['login-name']).fill('anna');
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  await page.getByLabel(say['password-again']).fill(password);
  await press(page, 'setup-go');
  await page.getByRole('button', { name: say['log-out'] }).waitFor();
  await page.goto(`${address}/login/enrol`);
  const key = await page.locator('code').first().textContent();
  await page.getByLabel(say['enrol-password']).fill(password);
  const set = Date.now() / 1_000;
  await page.getByLabel(say['second-code'], { exact: true }).fill(totp(key, set));
  await press(page, 'second-go');
  await page.locator('.codes code').first().waitFor();
  await page.goto(`${address}/account`);
  await press(page, 'log-out');
  await page.goto(`${address}/login`);
  await page.getByLabel(say['login-name']).fill('anna');
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  await press(page, 'login-go');
  // The code of the set-up is used; that of the next half minute is good already.
  await page.getByLabel(say['second-code'], { exact: true }).fill(totp(key, set + 30));
  await press(page, 'second-go');
  await page.getByRole('heading', { level: 1, name: say['now-title'], exact: true }).waitFor();
}

const cookieOf = async (context) => (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');

// Somebody who follows what happens, or who is told and reads nothing.
function watch(cookie, reads) {
  return new Promise((resolve, reject) => {
    const asking = request(`${address}/live`, { headers: { Cookie: cookie } }, (answer) => {
      const viewer = { told: '', status: answer.statusCode, leave: () => asking.destroy() };
      answer.on('error', () => {});
      if (reads) answer.setEncoding('utf8').on('data', (text) => { viewer.told = (viewer.told + text).slice(-65_536); });
      resolve(viewer);
    });
    asking.on('error', reject);
    asking.end();
  });
}

// Fifty with this page, one of which reads nothing.
async function crowd(context) {
  const cookie = await cookieOf(context);
  const viewers = await Promise.all(Array.from({ length: 49 }, (_, place) => watch(cookie, place > 0)));
  assert.ok(viewers.every(({ status }) => status === 200), 'all find a place');
  return viewers;
}

// Nobody loads the page again: the figure comes by itself.
async function comesOnline(page, [deaf, ...viewers]) {
  const granted = page.locator('[data-row$="granted"]').first();
  assert.match(await granted.textContent(), /^0/);
  assert.equal(await town('join'), 'joined');
  assert.equal(await town('online false'), 'true');
  assert.equal(await town('tap'), 'tapped');
  assert.equal(await town('online true'), 'true');
  await page.waitForFunction(() => document.querySelector('[data-row$="granted"]').textContent.startsWith('1'));
  const isTold = ({ told }) => told.includes('"all-granted":"1"');
  for (let tries = 0; tries < 100 && !viewers.every(isTold); tries += 1) await page.waitForTimeout(100);
  assert.equal(viewers.filter(isTold).length, 48, 'each of them is told');
  for (const viewer of [deaf, ...viewers]) viewer.leave();
}

async function disconnected(page) {
  await open(page, 'menu-stations');
  const row = page.locator('tr', { hasText: say['stations-state-granted'] });
  await row.waitFor();
  const mac = await town('mac');
  const shown = await page.content();
  assert.ok(!shown.toLowerCase().includes(mac), 'no whole address on the page');
  await row.locator('button.mac').click();
  await press(page, 'stations-unmask');
  await page.getByText(mac, { exact: false }).waitFor();
  await pressOrder(page, 'stations-end-go');
  assert.equal(await town('online false'), 'true');
}

// A notice, from the form to the page of a phone that has not tapped.
async function noticed(page) {
  const notice = 'Piazza chiusa per il mercato';
  await open(page, 'menu-page');
  await open(page, 'page-notice-new');
  const line = page.getByLabel(say['page-notice-line']);
  await line.fill('a'.repeat(141));
  await press(page, 'page-publish');
  assert.equal(await line.getAttribute('aria-invalid'), 'true');
  assert.equal((await line.inputValue()).length, 141, 'what was typed is kept');
  await line.fill(notice);
  await press(page, 'page-preview');
  const preview = page.frameLocator('iframe');
  await preview.getByText(notice).waitFor();
  const faces = (body) => [...body.ownerDocument.fonts].map((face) => face.status).join();
  await until('no banner', () => preview.locator('#wifi4eubanner').evaluate((banner) => banner.naturalWidth > 0));
  await until('no typeface', async () => await preview.locator('body').evaluate(faces) === 'loaded,loaded');
  await audit(page, 'a notice');
  await page.emulateMedia({ colorScheme: 'dark' });
  await audit(page, 'a notice, dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await press(page, 'page-publish');
  await page.getByText(notice).first().waitFor();
  await audit(page, 'the page of people');
  assert.equal(await town(`shows ${notice}`), 'true');
  await page.getByRole('button', { name: say['page-withdraw'] }).click();
  await page.getByText(say['page-notices-none']).waitFor();
}

async function blocked(page) {
  await open(page, 'menu-stations');
  await page.locator('button.mac').first().click();
  const form = page.locator('form', { has: page.locator('input[name="act"][value="block"]') });
  const until = new Date(Date.now() + 26 * 3_600_000).toISOString().slice(0, 16);
  await form.locator('input[name="until"]').fill(until);
  await form.locator('input[name="reason"]').fill('disturba gli altri');
  await order(page, form.getByRole('button'));
  await open(page, 'menu-stations');
  await page.locator('tr', { hasText: say['stations-state-blocked'] }).waitFor();
  assert.equal(await town('tap'), 'refused');
  assert.equal(await town('online false'), 'true');
  await page.locator('button.mac').first().click();
  await pressOrder(page, 'stations-lift-go');
  assert.equal(await town('tap'), 'tapped');
  assert.equal(await town('online true'), 'true');
}

async function slower(page) {
  await open(page, 'menu-stations');
  await page.locator('button.mac').first().click();
  await page.getByLabel(say['stations-plan-down']).fill('2');
  await page.getByLabel(say['stations-plan-up']).fill('1');
  await pressOrder(page, 'stations-plan-go');
  const kilobits = Number(await town('download'));
  assert.ok(kilobits > 1_200 && kilobits < 2_400, `${kilobits} kbit/s`);
}

async function extended(page) {
  const before = Number(await town('left'));
  await open(page, 'menu-stations');
  await page.locator('button.mac').first().click();
  await page.locator('input[name="minutes"]').fill('45');
  await pressOrder(page, 'stations-extend-go');
  assert.equal(await town(`left ${before + 43}`), 'true');
  const after = Number(await town('left'));
  assert.ok(after <= before + 45, `${before} minutes, then ${after}`);
  assert.equal(await town('online true'), 'true');
}

// Online without a tap, until an administrator says otherwise.
async function exempted(page) {
  const give = async (act, fill = async () => {}) => {
    await open(page, 'menu-stations');
    await page.locator('button.mac').first().click();
    const form = page.locator('form', { has: page.locator(`input[name="act"][value="${act}"]`) });
    await fill(form);
    await order(page, form.getByRole('button'));
  };
  await give('end');
  assert.equal(await town('online false'), 'true');
  await give('exempt', async (form) => {
    await form.locator('input[name="until"]').fill(new Date(Date.now() + 26 * 3_600_000).toISOString().slice(0, 16));
    await form.locator('input[name="reason"]').fill('totem del turismo');
  });
  assert.equal(await town('online true'), 'true');
  await give('lift');
  assert.equal(await town('online false'), 'true');
  assert.equal(await town('tap'), 'tapped');
  assert.equal(await town('online true'), 'true');
}

// A plan by the form of settings is in the kernel at once, and gone again since nobody says that it may stay.
async function undone(page) {
  const before = await town('speed');
  assert.notEqual(before, '125000');
  await page.goto(`${address}/settings/section/plans`);
  await page.locator('#network-0-rate-down').fill('1 Mbit/s');
  await press(page, 'settings-preview');
  await press(page, 'settings-apply');
  await page.getByRole('timer').waitFor();
  assert.equal(await town('speed 125000'), 'true');
  assert.equal(await town(`speed ${before}`), 'true', 'the former one is back by itself');
  assert.equal(await town('online true'), 'true', 'nobody was dropped');
  await open(page, 'menu-audit');
  await page.locator('td', { hasText: 'settings-undone' }).first().waitFor();
}

// What is ordered at the gateway's own console is in the log too, and no address is.
async function byConsole(page) {
  assert.match(await town('console end'), /piazza: done/);
  assert.equal(await town('online false'), 'true');
  await open(page, 'menu-audit');
  await page.locator('tr', { hasText: 'station-end' }).filter({ hasText: 'uid 0' }).first().waitFor();
  assert.ok(!(await page.content()).toLowerCase().includes(await town('mac')), 'no whole address in the log');
  assert.equal(await town('tap'), 'tapped');
}

async function exported(page) {
  await page.goto(`${address}/figures/exports`);
  await page.getByLabel(say['exports-from'], { exact: true }).fill('2026-10-01');
  await page.getByLabel(say['exports-to'], { exact: true }).fill('2026-10-31');
  await page.getByRole('button', { name: `${say['exports-usage']}, CSV` }).click();
  const link = page.getByRole('link', { name: 'usage-2026-10-01_2026-10-31.csv', exact: true });
  for (let tries = 0; tries < 60 && !(await link.isVisible()); tries += 1) {
    await page.waitForTimeout(250);
    await page.reload();
  }
  const sum = await page.locator('code').first().textContent();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const bytes = readFileSync(await download.path());
  assert.equal(createHash('sha256').update(bytes).digest('hex'), sum);
  assert.match(bytes.toString('utf8'), /2026-10-01/);
}

const screens = ['/now', '/stations', '/networks', '/page', '/figures', '/settings', '/users', '/audit', '/account'];

async function enter(page, name) {
  await page.goto(`${address}/login`);
  await page.getByLabel(say['login-name']).fill(name);
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  await press(page, 'login-go');
  await page.getByRole('button', { name: say['log-out'] }).waitFor();
}

// Each role finds what its menu has, and every other door shut; nothing is ordered without the proof of a form.
async function doors() {
  for (const [name, role, open] of [
    ['olga', 'operator', ['/now', '/stations', '/networks', '/figures', '/account']],
    ['enzo', 'editor', ['/page', '/account']],
    ['aldo', 'auditor', ['/figures', '/audit', '/account']],
  ]) {
    assert.equal(await town(`user ${name} ${role}`), 'added');
    const visitor = await newPage(browser, { size: 'desktop' });
    await enter(visitor.page, name);
    const menu = await visitor.page.locator('nav a').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
    assert.deepEqual(open.filter((path) => !menu.includes(path)), [], `${role} finds its screens`);
    for (const path of screens) {
      const answer = await visitor.page.goto(`${address}${path}`);
      assert.equal(answer.status(), menu.includes(path) ? 200 : 403, `${role} at ${path}`);
    }
    await visitor.page.goto(`${address}/account`);
    for (const path of ['/stations/do', '/stations/unmask', '/logout']) {
      const forged = () => visitor.page.evaluate(async (to) => {
        const body = new URLSearchParams({ form: '0'.repeat(64), act: 'end', all: '1', sure: '1' });
        return (await fetch(to, { method: 'POST', body })).status;
      }, path);
      assert.equal(await forged(), 403, `${role} without proof at ${path}`);
    }
    await visitor.close();
  }
  assert.equal(await town('online true'), 'true', 'nobody was sent off');
}

// A cookie that was taken is worth something as long as the session is, and nothing afterwards; a page of another
// site gets nothing done with it.
async function stolen() {
  const [victim, thief] = [await newPage(browser), await newPage(browser)];
  await enter(victim.page, 'olga');
  const cookies = await victim.context.cookies();
  assert.deepEqual(cookies.map(({ name, httpOnly, secure, sameSite }) => [name, httpOnly, secure, sameSite]),
    [['portico', true, false, 'Strict']]);
  assert.equal(await victim.page.evaluate(() => document.cookie), '', 'no script sees it');
  const evil = await victim.context.newPage();
  await evil.route('http://evil.example/', (route) => route.fulfill({
    contentType: 'text/html',
    body: `<form method="post" action="${address}/stations/do"><input name="act" value="end"><input name="all" value="1"><input name="sure" value="1"><button>win</button></form>`,
  }));
  await evil.goto('http://evil.example/');
  await evil.getByRole('button').click();
  await evil.waitForURL(`${address}/**`);
  assert.equal(await town('online true'), 'true', 'nobody was sent off');
  await press(victim.page, 'log-out');
  await victim.page.getByRole('heading', { level: 1, name: say['login-title'], exact: true }).waitFor();
  await thief.context.addCookies(cookies);
  await thief.page.goto(`${address}/stations`);
  assert.match(thief.page.url(), /\/login(\?ended)?$/, 'what was taken is worth nothing');
  await Promise.all([victim.close(), thief.close()]);
}

const browser = await launch();
const { page, problems, context, close } = await newPage(browser, { size: 'desktop' });
await arrive(page);
await comesOnline(page, await crowd(context));
await disconnected(page);
await noticed(page);
await blocked(page);
await undone(page);
await slower(page);
await extended(page);
await exempted(page);
await byConsole(page);
await exported(page);
await doors();
await stolen();
assert.deepEqual(problems, []);
await close();
await browser.close();
// Who still listens does not end.
lines.close();
process.stdin.destroy();
