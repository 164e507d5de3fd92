// A phone's browser in the lab: phone.mjs LANGUAGE HOST IDENTIFIER. Started by tests/portal/phones.rs inside the phone's
// network namespace, where names are resolved by what DHCP named and every packet goes through the gateway. Plays
// what standard input asks for, a line of JSON each, and says "@done". Screenshots go to tests/artifacts/portal.

import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { audit, buttonInSight, file, inLanguage, launch, locales, newPage, sizes, words } from './eyes.mjs';

const [code, hostName, identifier] = process.argv.slice(2);
const host = `https://${hostName}`;
const word = words[code];
const locale = locales[code];
const city = 'http://www.example.org/';
const PATIENCE = 30_000;

// What the three systems ask, and how they know that they are online.
const probes = [
  { url: 'http://captive.apple.com/hotspot-detect.html', status: 200, says: 'Success' },
  { url: 'http://connectivitycheck.gstatic.com/generate_204', status: 204 },
  { url: 'http://www.msftconnecttest.com/connecttest.txt', status: 200, says: 'Microsoft Connect Test' },
];

const browser = await launch();

// Lazy pictures come when they come into sight.
async function bringPictures(page, label) {
  for (const image of await page.locator('.news img').all()) await image.scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, 0));
  let seen;
  for (let tries = 0; tries < 200; tries += 1) {
    seen = await page.$$eval('img', (images) => images.map((image) => [image.complete, image.naturalWidth]));
    if (seen.every(([complete]) => complete)) break;
    await page.waitForTimeout(50);
  }
  assert.ok(seen.every(([, width]) => width > 0), `${label}: an image that does not decode: ${seen}`);
}

// The pictures of the news are there and can be shown, and so is the banner.
async function picturesShown(page, count, label) {
  await bringPictures(page, label);
  assert.equal(await page.locator('.news img').count(), count, `${label}: pictures of the news`);
  const banner = await page.locator('#wifi4eubanner').boundingBox();
  assert.ok(Math.abs(banner.width / banner.height - 3.5) < 0.05, `${label}: the banner is 3.5:1`);
  const main = await page.locator('main').boundingBox();
  assert.ok(banner.y + banner.height <= main.y, `${label}: the banner is above everything`);
}

// The Commission's script came through the walled garden and ran with the page's settings; its banner knows the
// languages of the Union only.
async function counted(page, selfTest, label) {
  await page.waitForFunction(() => document.getElementById('wifi4eubanner').dataset.seen, null, { timeout: PATIENCE });
  const seen = await page.getAttribute('#wifi4eubanner', 'data-seen');
  assert.equal(seen, `number ${identifier} ${code === 'ar' ? 'en' : code} ${selfTest}`, label);
}

// What a system concludes from its probe.
async function isOnline(page, probe, label) {
  const answered = page.waitForResponse(probe.url);
  // A browser does not go where there is nothing to show (204).
  await page.goto(probe.url).catch((error) => assert.match(error.message, /ERR_ABORTED/, label));
  const answer = await answered;
  assert.equal(answer.status(), probe.status, label);
  if (probe.says) assert.ok((await answer.text()).includes(probe.says), label);
}

// A system's probe is led to the portal.
async function isLed(page, probe, label) {
  const answer = await page.goto(probe.url);
  const first = answer.request().redirectedFrom();
  assert.equal(first?.url(), probe.url, `${label}: led away at once`);
  assert.equal((await first.response()).status(), 302, label);
  assert.equal(page.url(), `${host}/`, label);
}

// From the probe to "online", into the Internet, back to the page, off; by the keyboard where there is one.
async function way({ pictures, size, javaScript, probe }) {
  const label = `way-${code}-${size}-${javaScript ? 'js' : 'nojs'}`;
  const { page, problems, context, close } = await newPage(browser, { javaScript, size, locale });
  await isLed(page, probe, label);
  await inLanguage(page, code, label);
  await buttonInSight(page, label);
  if (javaScript) await counted(page, false, label);
  await picturesShown(page, pictures, label);
  await page.screenshot({ path: file(`${label}-login.png`), fullPage: true });
  await audit(page, `${label} login`, javaScript);

  const answers = [];
  page.on('response', (answer) => answers.push(answer));
  await page.locator('form[action^="/grant"] button').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${host}/online`);
  // What mini-browsers take for the end: a whole new document, by a redirect after the form, that is not kept.
  assert.equal(answers.find((answer) => answer.url() === `${host}/grant`).status(), 303, label);
  const online = answers.find((answer) => answer.url() === `${host}/online`);
  assert.equal(online.request().isNavigationRequest(), true, label);
  assert.equal(online.headers()['cache-control'], 'no-store', label);
  assert.equal((await page.textContent('h1')).trim(), word['online-title'], label);
  await picturesShown(page, pictures, label);
  await page.screenshot({ path: file(`${label}-online.png`), fullPage: true });
  await audit(page, `${label} online`, javaScript);

  await page.goto(city);
  assert.equal(await page.textContent('h1'), 'Welcome to the Internet', label);
  await isOnline(page, probe, label);
  // The stable address to come back to.
  await page.goto(`${host}/`);
  assert.equal(page.url(), `${host}/online`, label);
  await page.click('form[action^="/disconnect"] button');
  await page.waitForURL(`${host}/disconnected`);
  await page.screenshot({ path: file(`${label}-disconnected.png`), fullPage: true });
  await audit(page, `${label} disconnected`, javaScript);
  await isLed(page, { url: city }, `${label}, off again`);
  assert.deepEqual(await context.cookies(), [], `${label}: no cookies`);
  assert.deepEqual(problems, [], label);
  await close();
}

async function ways({ pictures }) {
  let turn = 0;
  for (const javaScript of [true, false]) {
    for (const size of Object.keys(sizes)) {
      await way({ pictures, size, javaScript, probe: probes[turn % probes.length] });
      turn += 1;
    }
  }
}

// A look of the two that this phone sees every view with, and how each view is come to. A word of its own must be
// on it; the legal texts, which are not in every language, have none.
const looks = {
  it: [['small', 'light', true], ['desktop', 'dark', false]],
  de: [['tablet', 'light', true], ['small', 'dark', false]],
  ar: [['phone', 'dark', true], ['desktop', 'light', false]],
}[code];
const views = {
  login: { path: '/', word: 'login-title' },
  disconnected: { path: '/disconnected', word: 'disconnected-title' },
  online: { path: '/online', word: 'online-title' },
  exempt: { path: '/online', word: 'online-exempt' },
  blocked: { path: '/', word: 'blocked-title' },
  'no-internet': { path: '/', word: 'down-title', down: true },
  'no-internet-online': { path: '/online', word: 'down-title', down: true },
  news: { path: '/news', word: 'news-title' },
  article: { path: '/news', follow: '.news li:has(img) a' },
  terms: { path: '/terms', paper: true },
  privacy: { path: '/privacy', paper: true },
  accessibility: { path: '/accessibility', paper: true },
  venue: { path: '/venue', word: 'venue-title' },
};

async function everyView({ names }) {
  for (const [size, scheme, javaScript] of looks) {
    const { page, problems, close } = await newPage(browser, { javaScript, size, scheme, locale });
    for (const name of names) {
      const label = `${name}-${code}-${scheme}-${size}-${javaScript ? 'js' : 'nojs'}`;
      await see(page, views[name], javaScript, label);
    }
    assert.deepEqual(problems, [], names.join());
    await close();
  }
}

async function see(page, view, javaScript, label) {
  // With the Internet down nobody answers for the Commission's script, and the page is whole without.
  await page.goto(host + view.path, { waitUntil: view.down ? 'commit' : 'load' });
  if (view.follow) {
    await page.click(view.follow);
    await page.waitForURL(`${host}/news/*`);
  }
  await page.locator('footer').last().waitFor();
  await inLanguage(page, code, label);
  if (view.word) assert.ok((await page.textContent('main')).includes(word[view.word]), `${label}: ${word[view.word]}`);
  if (view.down) assert.equal(await page.locator('form[action^="/grant"]').count(), 0, `${label} offers the tap`);
  await bringPictures(page, label);
  await page.screenshot({ path: file(`${label}.png`), fullPage: true });
  await audit(page, label, javaScript);
  if (view.paper || view.follow) await onPaper(page, label);
}

// On paper there is black on white, nothing to press, and addresses are written out.
async function onPaper(page, label) {
  await page.pdf({ path: file(`${label}.pdf`), format: 'A4' });
  await page.emulateMedia({ media: 'print' });
  const { scheme, controls, colors, grounds, silent } = await page.evaluate(() => {
    const seen = Array.from(document.querySelectorAll('body, body *:not(svg *)')).filter((one) => one.checkVisibility());
    const styles = seen.map((one) => getComputedStyle(one));
    const links = Array.from(document.querySelectorAll('main a[href^=http]'));
    return {
      scheme: getComputedStyle(document.documentElement).colorScheme,
      controls: seen.filter((one) => one.matches('button, input, nav, summary, form, .skip')).map((one) => one.outerHTML),
      colors: Array.from(new Set(styles.map((style) => style.color))),
      grounds: Array.from(new Set(styles.map((style) => style.backgroundColor))),
      silent: links.filter((link) => !getComputedStyle(link, ':after').content.includes('href')
        && !getComputedStyle(link, ':after').content.includes(link.getAttribute('href'))).map((link) => link.outerHTML),
    };
  });
  await page.emulateMedia({ media: null });
  assert.deepEqual({ scheme, controls, colors, grounds, silent }, {
    scheme: 'light', controls: [], colors: ['rgb(0, 0, 0)'], grounds: ['rgba(0, 0, 0, 0)'], silent: [],
  }, `${label} on paper`);
}

async function tap() {
  const { page, close } = await newPage(browser, { locale });
  await page.goto(`${host}/`);
  await page.click('form[action^="/grant"] button');
  await page.waitForURL(`${host}/online`);
  await close();
}

async function leave() {
  const { page, close } = await newPage(browser, { locale });
  await page.goto(`${host}/online`);
  await page.click('form[action^="/disconnect"] button');
  await page.waitForURL(`${host}/disconnected`);
  await close();
}

// Before the tap the comune's site opens, by name, and nothing else does.
async function garden({ site, title }) {
  const { page, close } = await newPage(browser, { locale });
  await page.goto(`${host}/`);
  await page.click(`a.card[href="${site}"]`);
  await page.waitForURL(site);
  assert.equal(await page.title(), title);
  await assert.rejects(page.goto('https://www.example.org/'), /ERR_CONNECTION_REFUSED/);
  await close();
}

// What the comune says comes to the page, or goes from it, without anything being started anew.
async function says({ text, where, shown, pictures, name }) {
  const { page, close } = await newPage(browser, { locale });
  await page.goto(`${host}/`);
  const found = page.locator(where, { hasText: text });
  const until = Date.now() + PATIENCE;
  while (await found.count() !== (shown ? 1 : 0)) {
    assert.ok(Date.now() < until, `${text}: still ${shown ? 'not shown' : 'shown'} on ${page.url()}`);
    await page.waitForTimeout(250);
    await page.reload();
  }
  await picturesShown(page, pictures, name);
  await page.screenshot({ path: file(`${name}-${code}.png`), fullPage: true });
  await audit(page, name);
  await close();
}

async function selfTest({ on }) {
  const { page, close } = await newPage(browser, { locale });
  await page.goto(`${host}/`);
  await counted(page, on, 'self-test');
  assert.equal(await page.locator('footer', { hasText: word.selftest }).count(), on ? 1 : 0, 'told in the footer');
  await audit(page, 'self-test');
  await close();
}

const plays = { ways, everyView, tap, leave, garden, says, selfTest };


try {
  for await (const line of createInterface({ input: process.stdin })) {
    const { play, ...wish } = JSON.parse(line);
    await plays[play](wish);
    process.stdout.write('@done\n');
  }
} finally {
  await browser.close();
}
