// An administrator of the dashboard in a real Chromium: dashboard.mjs ADDRESS SETUP_TOKEN SECONDS. Started by
// tests/dashboard/browser.rs, whose clock stands still at that second since the epoch. No page has a script, so
// the whole way is walked without JavaScript; axe runs beside it. Screenshots go to tests/artifacts/dashboard.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { english as inEnglish, say, totp } from './desk.mjs';
import { audit, launch, newPage } from './eyes.mjs';

const [address, token, seconds] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const artifacts = join(here, '..', 'artifacts', 'dashboard');
mkdirSync(artifacts, { recursive: true });

const password = 'tram zaino nuvola';

const looks = [['small', 'light'], ['phone', 'dark'], ['desktop', 'light']];

// Looks at the page the browser is on in every size and scheme.
async function seen(page, name) {
  assert.equal(await page.getAttribute('html', 'lang'), 'it', name);
  const sizes = { small: [320, 480], phone: [390, 844], desktop: [1280, 800] };
  for (const [size, scheme] of looks) {
    const [width, height] = sizes[size];
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await audit(page, `${name} ${size} ${scheme}`, false);
    await page.screenshot({ path: join(artifacts, `${name}-${size}-${scheme}.png`), fullPage: true });
  }
}

const title = (page, key) => page.getByRole('heading', { level: 1, name: say[key], exact: true }).waitFor();
const press = (page, key) => page.getByRole('button', { name: say[key], exact: true }).click();

// Whoever is in begins at the first screen; the own account is the last of the menu.
async function home(page) {
  await page.getByRole('link', { name: say['menu-account'], exact: true }).click();
  await title(page, 'account-title');
}

async function setUp(page) {
  await page.goto(`${address}/`);
  await title(page, 'login-title');
  await seen(page, 'login-empty');
  await page.goto(`${address}/setup?token=${token}`);
  await title(page, 'setup-title');
  await seen(page, 'setup');
  await page.getByLabel(say['login-name']).fill('anna');
  await page.getByLabel(say['login-password'], { exact: true }).fill('password2026');
  await page.getByLabel(say['password-again']).fill('password2026');
  await press(page, 'setup-go');
  await page.getByRole('alert').getByText(say['password-common']).waitFor();
  await seen(page, 'setup-refused');
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  await page.getByLabel(say['password-again']).fill(password);
  await press(page, 'setup-go');
  await home(page);
  await seen(page, 'account');
}

async function enrol(page) {
  await page.getByRole('link', { name: say['factor-set-up'] }).click();
  await title(page, 'enrol-title');
  await seen(page, 'enrol');
  const key = await page.locator('code').textContent();
  await page.getByLabel(say['enrol-password']).fill(password);
  await page.getByLabel(say['second-code'], { exact: true }).fill(totp(key, Number(seconds)));
  await press(page, 'second-go');
  await title(page, 'codes-title');
  await seen(page, 'codes');
  const codes = await page.locator('.codes code').allTextContents();
  assert.equal(codes.length, 10);
  await page.getByRole('link', { name: say['codes-go'] }).click();
  await title(page, 'account-title');
  await seen(page, 'account-factor');
  return [key, codes];
}

async function logIn(page, code) {
  await page.goto(`${address}/`);
  await page.getByLabel(say['login-name']).fill('anna');
  await page.getByLabel(say['login-password'], { exact: true }).fill(password);
  // By the keyboard alone.
  await page.keyboard.press('Enter');
  await title(page, 'second-title');
  await page.getByLabel(say['second-code'], { exact: true }).fill('000000');
  await press(page, 'second-go');
  await page.getByRole('alert').waitFor();
  await seen(page, 'second-refused');
  await page.getByLabel(say['second-code'], { exact: true }).fill(code);
  await press(page, 'second-go');
  await home(page);
}

const browser = await launch();
const { page, problems, context, close } = await newPage(browser, { javaScript: false });
await setUp(page);
const [key, codes] = await enrol(page);
await press(page, 'log-out');
await title(page, 'login-title');
await page.goBack();
await page.reload();
await title(page, 'login-title');
// The code of the next half minute is good already, that of the set-up is used.
await logIn(page, totp(key, Number(seconds) + 30));

// Another browser: a second session, which the first one ends. What it had is worth nothing afterwards.
const other = await newPage(browser, { javaScript: false });
await logIn(other.page, codes[0]);
await page.reload();
await seen(page, 'account-two-sessions');
const stolen = await other.context.cookies();
assert.deepEqual(stolen.map(({ name, httpOnly, secure, sameSite }) => [name, httpOnly, secure, sameSite]),
  [['portico', true, false, 'Strict']]);
await press(page, 'session-end-others');
await page.getByRole('status').waitFor();
await other.page.reload();
await title(other.page, 'login-title');
await other.context.addCookies(stolen);
await other.page.goto(`${address}/account`);
await title(other.page, 'login-title');

// A form on a page of another origin: the browser keeps the cookie back, and the dashboard refuses.
const { page: evil } = { page: await context.newPage() };
await evil.route('http://evil.example/', (route) => route.fulfill({
  contentType: 'text/html',
  body: `<form method="post" action="${address}/logout"><button>win</button></form>`,
}));
await evil.goto('http://evil.example/');
await evil.getByRole('button').click();
await evil.waitForURL(`${address}/**`);
await page.reload();
await title(page, 'account-title');

// In English for whoever reads that.
const english = await newPage(browser, { javaScript: false, locale: 'en-GB' });
await english.page.goto(`${address}/login`);
await english.page.getByRole('heading', { name: inEnglish['login-title'] }).waitFor();
assert.equal(await english.page.getAttribute('html', 'lang'), 'en');
assert.deepEqual(problems.concat(other.problems, english.problems), []);
await Promise.all([close(), other.close(), english.close()]);
await browser.close();
