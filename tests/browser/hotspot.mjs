// An administrator of a hotspot in a real Chromium, with the real daemons behind: hotspot.mjs ADDRESS SETUP_TOKEN.
// Started by tests/dashboard/hotspot.rs, which does on its phones what this asks for, a line each, and answers.

import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { audit, launch, newPage } from './eyes.mjs';
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

// Nobody loads the page again: the figure comes by itself.
async function comesOnline(page) {
  const granted = page.locator('[data-row$="granted"]').first();
  assert.match(await granted.textContent(), /^0/);
  assert.equal(await town('join'), 'joined');
  assert.equal(await town('online false'), 'true');
  assert.equal(await town('tap'), 'tapped');
  assert.equal(await town('online true'), 'true');
  await page.waitForFunction(() => document.querySelector('[data-row$="granted"]').textContent.startsWith('1'));
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
  await press(page, 'stations-end-go');
  assert.equal(await town('online false'), 'true');
}

// No script runs in the preview, so nothing in it can be waited for: it is looked at until it is so.
async function until(told, isSo) {
  for (let look = 0; look < 100; look += 1) {
    if (await isSo()) return;
    await new Promise((again) => { setTimeout(again, 100); });
  }
  assert.fail(told);
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
  await form.getByRole('button').click();
  await open(page, 'menu-stations');
  await page.locator('tr', { hasText: say['stations-state-blocked'] }).waitFor();
  assert.equal(await town('tap'), 'refused');
  assert.equal(await town('online false'), 'true');
  await page.locator('button.mac').first().click();
  await press(page, 'stations-lift-go');
  assert.equal(await town('tap'), 'tapped');
  assert.equal(await town('online true'), 'true');
}

async function slower(page) {
  await open(page, 'menu-stations');
  await page.locator('button.mac').first().click();
  await page.getByLabel(say['stations-plan-down']).fill('2');
  await page.getByLabel(say['stations-plan-up']).fill('1');
  await press(page, 'stations-plan-go');
  const kilobits = Number(await town('download'));
  assert.ok(kilobits > 1_200 && kilobits < 2_400, `${kilobits} kbit/s`);
}

const browser = await launch();
const { page, problems, close } = await newPage(browser, { size: 'desktop' });
await arrive(page);
await comesOnline(page);
await disconnected(page);
await noticed(page);
await blocked(page);
await slower(page);
assert.deepEqual(problems, []);
await close();
await browser.close();
// Who still listens does not end.
lines.close();
process.stdin.destroy();
