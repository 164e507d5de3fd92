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

// The pictures of the news are there and can be shown, and so is the banner.
async function picturesShown(page, count, label) {
  const shown = '.news img, #wifi4eubanner, .crest';
  for (const image of await page.locator('.news img').all()) await image.scrollIntoViewIfNeeded();
  await page.evaluate(() => scrollTo(0, 0));
  let seen;
  for (let tries = 0; tries < 200; tries += 1) {
    seen = await page.$$eval(shown, (images) => images.map((image) => [image.complete, image.naturalWidth]));
    if (seen.every(([complete]) => complete)) break;
    await page.waitForTimeout(50);
  }
  assert.ok(seen.every(([, width]) => width > 0), `${label}: an image that does not decode: ${seen}`);
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

const plays = { ways };

try {
  for await (const line of createInterface({ input: process.stdin })) {
    const { play, ...wish } = JSON.parse(line);
    await plays[play](wish);
    process.stdout.write('@done\n');
  }
} finally {
  await browser.close();
}
