// A visitor of the portal on loopback in a real Chromium: portal.mjs HTTP_PORT HTTPS_PORT PAGE_FILE. Started by
// tests/portal/browser.rs, which changes how the visitor's station stands when asked on standard output. What a phone
// sees on the whole way is in phone.mjs. Screenshots go to tests/artifacts/portal.

import assert from 'node:assert/strict';
import { request } from 'node:https';
import { createInterface } from 'node:readline';
import { audit, buttonInSight, file, inLanguage, launch, locales, newPage as openPage, words } from './eyes.mjs';

const [http, https, standalone] = process.argv.slice(2);
const host = 'https://wifi.comune.example.it';
const collector = 'https://collection.wifi4eu.ec.europa.eu';

const lines = createInterface({ input: process.stdin });
async function stand(how) {
  process.stdout.write(`@stand ${how}\n`);
  await new Promise((resolve) => lines.once('line', resolve));
}

// The Commission's script is played. The good one says that it ran and with which settings.
const collectors = {
  good: (route) => route.fulfill({
    contentType: 'text/javascript',
    body: `document.getElementById('wifi4eubanner').dataset.seen =
      [typeof wifi4euTimerStart, wifi4euNetworkIdentifier, wifi4euLanguage].join(' ');`,
  }),
  slow: () => {},
  blocked: (route) => route.abort('connectionrefused'),
  nonsense: (route) => route.fulfill({
    contentType: 'text/javascript',
    body: "<html>no script</html> document.write('gone'); throw 1;",
  }),
  broken: (route) => route.fulfill({ status: 502, contentType: 'text/html', body: 'Bad Gateway' }),
};

async function newPage(browser, options = {}) {
  const opened = await openPage(browser, options);
  await opened.context.route(`${collector}/**`, collectors[options.collector ?? 'good']);
  return opened;
}

// What no phone of the lab comes to: the page of a town that says nothing, and that of a peer whom the kernel does
// not know.
const views = {
  login: { how: 'captive', word: 'login-title' },
  stranger: { how: 'stranger', word: 'stranger-title' },
};

const looks = [
  ['small', 'it', 'light'], ['phone', 'ar', 'light'], ['tablet', 'de', 'light'], ['desktop', 'it', 'dark'],
  ['small', 'de', 'dark'],
];

async function everyView(browser) {
  for (const [name, view] of Object.entries(views)) {
    await stand(view.how);
    for (const [size, code, scheme] of looks) {
      const { page, problems, close } = await newPage(browser, { locale: locales[code], scheme, size });
      await page.goto(`${host}/`);
      const label = `${name}-${code}-${scheme}-${size}`;
      await inLanguage(page, code, label);
      assert.ok((await page.textContent('main')).includes(words[code][view.word]), `${label}: ${words[code][view.word]}`);
      if (view.how === 'captive') await buttonInSight(page, label);
      await page.screenshot({ path: file(`${label}.png`), fullPage: size !== 'small' });
      await audit(page, label);
      assert.deepEqual(problems, [], label);
      await close();
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
  await page.screenshot({ path: file('again-it-light-phone.png') });
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
  await page.screenshot({ path: file('login-again-it-light-phone.png') });
  await audit(page, 'login again');
  await close();
}

// A language chosen on the page stays chosen.
async function languageSwitch(browser, javaScript) {
  await stand('captive');
  const { page, close } = await newPage(browser, { javaScript, size: 'small', locale: 'en' });
  await page.goto(`${host}/`);
  await page.click('header summary');
  await page.click('a[hreflang=it]');
  assert.equal(await page.getAttribute('html', 'lang'), 'it');
  await page.click('form[action^="/grant"] button');
  await page.waitForURL(`${host}/online?lang=it`);
  await close();
}

// The page is whole and the tap works whatever becomes of the Commission's script.
async function withoutCollector(browser, collector) {
  await stand('captive');
  await stand('board full');
  const { page, close } = await newPage(browser, { collector, locale: locales.it });
  await page.goto(`${host}/`, { waitUntil: 'commit' });
  // Nothing of the page waits: its last line is there, its banner shown, its button works.
  await page.locator('footer').last().waitFor();
  const width = await page.$eval('#wifi4eubanner', async (banner) => {
    while (!banner.complete) await new Promise((resolve) => { setTimeout(resolve, 20); });
    return banner.naturalWidth;
  });
  assert.ok(width > 0, `${collector}: the local banner is shown`);
  await page.click('form[action^="/grant"] button', { noWaitAfter: true });
  await page.waitForURL(`${host}/online`, { waitUntil: 'commit' });
  await close();
  await stand('board empty');
}

// The comune's figures, on the portal before and after the tap, and as a file of the comune's own site.
async function numbers(browser, javaScript) {
  await stand('numbers');
  for (const [how, size, code, scheme] of [
    ['captive', 'small', 'it', 'light'], ['captive', 'phone', 'ar', 'dark'], ['online', 'desktop', 'it', 'dark'],
    ['online', 'tablet', 'de', 'light'], ['file', 'small', 'it', 'dark'], ['file', 'desktop', 'it', 'light'],
  ]) {
    const label = `numbers-${how}-${code}-${scheme}-${size}`;
    const { page, problems, close } = await newPage(browser, { locale: locales[code], scheme, size, javaScript });
    if (how === 'file') {
      await page.goto(`file://${standalone}`);
    } else {
      await stand(how);
      await page.goto(`${host}/${how === 'online' ? 'online' : ''}`);
      await page.click('footer a[href^="/numeri"]');
      await inLanguage(page, code, label);
    }
    const [charts, rows] = await Promise.all(['main svg[role=img]', 'main tbody tr'].map((what) => page.locator(what).count()));
    assert.deepEqual([charts, rows], [6, 3 * 13], `${label}: charts and rows`);
    const names = await page.locator('main svg[role=img]').evaluateAll((all) => all.map((one) => one.ariaLabel));
    assert.equal(new Set(names).size, 6, `${label}: each chart says what it shows: ${names}`);
    await page.screenshot({ path: file(`${label}.png`), fullPage: true });
    await audit(page, label, javaScript);
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.isVisible('main svg[role=img]'), `${label}: charts are printed`);
    assert.deepEqual(problems, [], label);
    await close();
  }
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
  for (let index = 0; index < 200; index += 1) {
    await postWithoutToken();
  }
  await page.click('button');
  assert.ok((await page.textContent('h1')).includes('Troppi tentativi'));
  await audit(page, 'slow');
  await close();
}

const browser = await launch([`--host-resolver-rules=MAP *:80 127.0.0.1:${http}, MAP *:443 127.0.0.1:${https}`]);
try {
  for (const javaScript of [true, false]) {
    await languageSwitch(browser, javaScript);
  }
  for (const collector of ['slow', 'blocked', 'nonsense', 'broken']) {
    await withoutCollector(browser, collector);
  }
  console.log('every collector');
  await everyRefusal(browser);
  console.log('every refusal');
  await everyView(browser);
  console.log('every view');
  for (const javaScript of [true, false]) await numbers(browser, javaScript);
  console.log('the figures');
  await tooMany(browser);
  console.log('too many forms');
} finally {
  await browser.close();
  lines.close();
}
