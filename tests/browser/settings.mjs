// Settings and users in a real Chromium: settings.mjs ADDRESS. Started by tests/dashboard/browser.rs, where anna is
// an administrator. The whole way is walked without JavaScript; the countdown is looked at with it.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit, launch, newPage } from './eyes.mjs';

const [address] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const artifacts = join(here, '..', 'artifacts', 'dashboard');
mkdirSync(artifacts, { recursive: true });
const locales = join(here, '..', '..', 'templates', 'locales', 'it');
const files = ['dashboard.ftl', 'dashboard/settings.ftl', 'dashboard/users.ftl', 'dashboard/tokens.ftl'];
const text = files.map((file) => readFileSync(join(locales, file), 'utf8')).join('\n');
const say = Object.fromEntries(Array.from(text.matchAll(/^([a-z0-9-]+) = (.+)$/gm), ([, key, said]) => [key, said]));
const password = 'tram zaino nuvola';
const looks = [['small', 'light', 320, 480], ['phone', 'dark', 390, 844], ['desktop', 'light', 1280, 800], ['desktop', 'dark', 1280, 800]];

async function seen(page, name) {
  for (const [size, scheme, width, height] of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await audit(page, `${name} ${size} ${scheme}`, false);
    await page.screenshot({ path: join(artifacts, `${name}-${size}-${scheme}.png`), fullPage: true });
  }
}

const title = (page, words) => page.getByRole('heading', { level: 1, name: words, exact: true }).waitFor();
const press = (page, key) => page.getByRole('button', { name: say[key], exact: true }).click();

async function logIn(page) {
  await page.goto(`${address}/login`);
  await page.getByLabel(say['login-name']).fill('anna');
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.pathname.startsWith('/login'));
}

const browser = await launch();
const { page, problems, close } = await newPage(browser, { javaScript: false });
await logIn(page);
await page.goto(`${address}/settings`);
await title(page, say['settings-title']);
await seen(page, 'settings');
await page.getByRole('link', { name: say['settings-plans'], exact: true }).click();
await title(page, say['settings-plans']);
await page.locator('#network-0-rate-down').fill('veloce');
// By the keyboard alone.
await page.keyboard.press('Enter');
await page.getByRole('alert').waitFor();
const wrong = page.locator('#network-0-rate-down');
assert.equal(await wrong.getAttribute('aria-invalid'), 'true');
assert.equal(await wrong.inputValue(), 'veloce');
await seen(page, 'settings-wrong');
await wrong.fill('4 Mbit/s');
await press(page, 'settings-preview');
await title(page, say['settings-difference']);
await page.getByText('down = "4 Mbit/s"').waitFor();
await seen(page, 'settings-difference');
await press(page, 'settings-apply');
await title(page, say['settings-waiting']);
await seen(page, 'settings-waiting');

// The same page with JavaScript counts down.
const live = await newPage(browser, { javaScript: true });
await logIn(live.page);
await live.page.goto(`${address}/settings/waiting`);
const told = await live.page.getByRole('timer').textContent();
await live.page.waitForFunction((before) => document.querySelector('.countdown').textContent !== before, told);
await live.page.goto(`${address}/settings`);
await live.page.getByText(say['settings-waits']).waitFor();
await seen(live.page, 'settings-second-admin');

await press(page, 'settings-confirm');
await page.getByRole('status').getByText(say['settings-confirmed']).waitFor();
for (const section of ['gateway', 'networks', 'garden', 'guards', 'portal', 'tls', 'management', 'figures', 'register', 'points', 'news']) {
  await page.goto(`${address}/settings/section/${section}`);
  await title(page, say[`settings-${section}`]);
  await audit(page, `settings ${section}`, false);
}

await page.goto(`${address}/users`);
await title(page, say['users-title']);
await page.getByLabel(say['login-name']).fill('Bruno');
await page.getByRole('radio').first().check();
await press(page, 'users-add-go');
await page.getByRole('alert').waitFor();
await seen(page, 'users-wrong');
await page.getByLabel(say['login-name']).fill('bruno');
await page.getByLabel(say['users-first-password'], { exact: true }).fill('gufo ombrello lavagna');
await page.getByLabel(say['password-again'], { exact: true }).fill('gufo ombrello lavagna');
await page.getByLabel(say['account-old'], { exact: true }).fill(password);
await press(page, 'users-add-go');
await page.getByRole('status').getByText(say['users-added']).waitFor();
await seen(page, 'users');
await page.getByRole('link', { name: 'bruno', exact: true }).click();
await title(page, `${say['users-user']} bruno`);
await press(page, 'users-disable');
await page.getByRole('status').getByText(say['users-done-disable']).waitFor();
await seen(page, 'users-user');
await page.goto(`${address}/account/tokens`);
await title(page, say['tokens-title']);
await seen(page, 'tokens');

// Every screen once in English, as the browser asks for it.
const english = await newPage(browser, { javaScript: false, locale: 'en-GB' });
const inEnglish = readFileSync(join(locales, '..', 'en', 'dashboard.ftl'), 'utf8');
const speak = Object.fromEntries(Array.from(inEnglish.matchAll(/^([a-z0-9-]+) = (.+)$/gm), ([, key, said]) => [key, said]));
await english.page.goto(`${address}/login`);
await audit(english.page, 'login in English', false);
await english.page.getByLabel(speak['login-name']).fill('anna');
await english.page.getByLabel(speak['login-password'], { exact: true }).fill(password);
await english.page.keyboard.press('Enter');
await english.page.waitForURL((url) => !url.pathname.startsWith('/login'));
const screens = [
  'now', 'stations', 'networks', 'networks/piazza', 'page', 'page/write/notice', 'page/write/news', 'page/part/look', 'page/part/services',
  'page/garden', 'figures', 'figures/availability', 'figures/compare', 'figures/exports', 'figures/works', 'settings', 'settings/section/points',
  'settings/section/news', 'settings/section/plans', 'users', 'audit', 'account', 'account/tokens', 'login/enrol',
];
for (const screen of screens) {
  const answer = await english.page.goto(`${address}/${screen}`);
  assert.equal(answer.status(), 200, screen);
  assert.equal(await english.page.getAttribute('html', 'lang'), 'en', screen);
  await audit(english.page, `${screen} in English`, false);
}

assert.deepEqual(problems.concat(live.problems, english.problems), []);
await Promise.all([close(), live.close(), english.close()]);
await browser.close();
