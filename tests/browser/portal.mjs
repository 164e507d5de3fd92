// A visitor of the portal in a real Chromium, with and without JavaScript, in both languages, light
// and dark: portal.mjs HTTP_PORT HTTPS_PORT. Started by tests/portal/browser.rs, which changes how the
// visitor's station stands when asked on standard output. Screenshots go to tests/artifacts/portal.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const artifacts = join(here, '..', 'artifacts', 'portal');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [http, https] = process.argv.slice(2);
const host = 'https://wifi.comune.example.it';
const collector = 'https://collection.wifi4eu.ec.europa.eu';

const sizes = { small: [320, 480], phone: [390, 844], desktop: [1280, 800] };

const lines = createInterface({ input: process.stdin });
async function stand(how) {
  process.stdout.write(`@stand ${how}\n`);
  await new Promise((resolve) => lines.once('line', resolve));
}

async function newPage(browser, options = {}) {
  const [width, height] = sizes[options.size ?? 'phone'];
  const context = await browser.newContext({
    viewport: { width, height },
    locale: options.locale ?? 'it-IT',
    colorScheme: options.scheme ?? 'light',
    javaScriptEnabled: options.javaScript ?? true,
    ignoreHTTPSErrors: true,
  });
  // The Commission's script is played: it says that it ran and with which settings.
  await context.route(`${collector}/**`, (route) => route.fulfill({
    contentType: 'text/javascript',
    body: `document.getElementById('wifi4eubanner').dataset.seen =
      [typeof wifi4euTimerStart, wifi4euNetworkIdentifier, wifi4euLanguage].join(' ');`,
  }));
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(`script: ${error}`));
  page.on('console', (message) => {
    if (/content security policy|mixed content/i.test(message.text())) problems.push(message.text());
  });
  return { page, problems, close: () => context.close() };
}

// axe runs in the page's own world; the debugger's evaluate is not bound by the page's policy.
async function audit(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }));
  assert.deepEqual(violations.map((v) => [v.id, v.nodes.map((n) => n.html)]), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} scrolls sideways by ${wide}px`);
}

// Ways to each page, and a word that must be on it.
const views = {
  login: { how: 'captive', path: '/', it: 'Collegati a Internet', en: 'Connect to the Internet' },
  online: { how: 'granted', path: '/online', it: 'Sei online', en: 'You are online' },
  exempt: { how: 'exempt', path: '/online', it: 'sempre abilitato', en: 'always has access' },
  disconnected: { how: 'captive', path: '/disconnected', it: 'Scollegato', en: 'Disconnected' },
  blocked: { how: 'blocked', path: '/', it: 'non consentito', en: 'not allowed' },
  stranger: { how: 'stranger', path: '/', it: 'non riconosciuto', en: 'not recognised' },
  terms: { how: 'captive', path: '/terms', it: 'Uso corretto', en: 'Fair use' },
  privacy: { how: 'captive', path: '/privacy', it: 'Titolare', en: 'Controller' },
  venue: { how: 'captive', path: '/venue', it: 'Busto Arsizio', en: 'Busto Arsizio' },
};

async function everyView(browser) {
  for (const [name, view] of Object.entries(views)) {
    await stand(view.how);
    for (const [locale, code] of [['it-IT', 'it'], ['en-GB', 'en']]) {
      for (const scheme of ['light', 'dark']) {
        // Every width in light; in dark, where only colours differ, one.
        for (const size of scheme === 'light' ? Object.keys(sizes) : ['phone']) {
          const { page, problems, close } = await newPage(browser, { locale, scheme, size });
          await page.goto(host + view.path);
          const label = `${name}-${code}-${scheme}-${size}`;
          assert.equal(await page.getAttribute('html', 'lang'), code, label);
          assert.ok((await page.textContent('main')).includes(view[code]), label);
          await page.screenshot({ path: join(artifacts, `${label}.png`) });
          await audit(page, label);
          assert.deepEqual(problems, [], label);
          await close();
        }
      }
    }
  }
}

// The pages that only an action leads to.
async function everyRefusal(browser) {
  const { page, close } = await newPage(browser);
  await stand('captive');
  await page.goto(`${host}/`);
  await stand('tryagain');
  await page.click('button');
  assert.ok((await page.textContent('h1')).includes('Riprova'));
  await page.screenshot({ path: join(artifacts, 'again-it-light-phone.png') });
  await audit(page, 'again');

  await stand('captive');
  await page.route('http://evil.example/', (route) => route.fulfill({
    contentType: 'text/html',
    body: `<form method="post" action="${host}/grant"><button>x</button></form>`,
  }));
  await page.goto('http://evil.example/');
  await page.click('button');
  assert.ok((await page.textContent('h1')).includes('non accettata'));
  await audit(page, 'refused');

  await page.goto(`${host}/`);
  await page.$eval('input[name=token]', (input) => { input.value = input.value.replace(/.$/, 'x'); });
  await page.click('button');
  assert.ok(await page.isVisible('[role=alert]'));
  await page.screenshot({ path: join(artifacts, 'login-again-it-light-phone.png') });
  await audit(page, 'login again');
  await close();
}

// From the phone's probe to "online" and back, by the keyboard alone where there is JavaScript.
async function journey(browser, javaScript) {
  await stand('captive');
  const { page, problems, close } = await newPage(browser, { javaScript, size: 'small', locale: 'en' });
  await page.goto('http://captive.apple.com/hotspot-detect.html');
  assert.equal(page.url(), `${host}/`);
  const button = await page.locator('button').boundingBox();
  assert.ok(button.y + button.height <= 480, `the button ends at ${button.y + button.height}px of 480`);
  assert.ok(button.height >= 44, 'the button is large enough for a thumb');
  const banner = await page.locator('#wifi4eubanner').boundingBox();
  assert.ok(Math.abs(banner.width / banner.height - 3.5) < 0.05, 'the banner is 3.5:1');
  if (javaScript) {
    await page.waitForFunction(() => document.getElementById('wifi4eubanner').dataset.seen);
    const seen = await page.getAttribute('#wifi4eubanner', 'data-seen');
    assert.equal(seen, 'number a1b2c3d4e5f6g7h8i9j0k en');
  }
  await page.click('header summary');
  await page.click('a[hreflang=it]');
  assert.equal(await page.getAttribute('html', 'lang'), 'it');
  await page.locator('button').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${host}/online?lang=it`);
  assert.equal(await page.textContent('h1'), 'Sei online');
  await page.click('button');
  await page.waitForURL(`${host}/disconnected?lang=it`);
  await page.click('main a.button');
  await page.waitForURL(`${host}/?lang=it`);
  assert.deepEqual(await page.context().cookies(), [], 'no cookies');
  assert.deepEqual(problems, []);
  await close();
}

// A form from the same station that no browser sent.
function postWithoutToken() {
  return new Promise((resolve, reject) => {
    const head = { method: 'POST', host: '127.0.0.1', port: https, path: '/grant',
      headers: { Host: new URL(host).host, 'Content-Length': 0 }, rejectUnauthorized: false };
    request(head, (reply) => reply.resume().on('end', resolve)).on('error', reject).end();
  });
}

// Too many forms: last, since it uses the station's forms up.
async function tooMany(browser) {
  const { page, close } = await newPage(browser);
  await stand('captive');
  await page.goto(`${host}/`);
  for (let index = 0; index < 60; index += 1) {
    await postWithoutToken();
  }
  await page.click('button');
  assert.ok((await page.textContent('h1')).includes('Troppi tentativi'));
  await audit(page, 'slow');
  await close();
}

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
assert.ok(executablePath, 'Chromium is missing (Debian package chromium)');
mkdirSync(artifacts, { recursive: true });
const browser = await chromium.launch({
  executablePath,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    `--host-resolver-rules=MAP *:80 127.0.0.1:${http}, MAP *:443 127.0.0.1:${https}`,
  ],
});
try {
  await journey(browser, true);
  console.log('journey with JavaScript');
  await journey(browser, false);
  console.log('journey without JavaScript');
  await everyView(browser);
  console.log('every view');
  await everyRefusal(browser);
  console.log('every refusal');
  await tooMany(browser);
  console.log('too many forms');
} finally {
  await browser.close();
  lines.close();
}
